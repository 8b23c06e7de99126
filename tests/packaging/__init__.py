"""The parts of build_installer.py that are cheap to try; the whole is tried by `make installer`."""
