"""Builds what people install: the one-folder program and the packages around it. Run by build_installer.py."""
