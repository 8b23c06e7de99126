"""Readers of files that say by themselves what each value means: directories, cards and contact books."""
