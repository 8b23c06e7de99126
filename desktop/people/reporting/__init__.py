"""Access reports: all that is held about one person, and what was corrected of it."""
