"""The modules that come with the program; each folder here is one, and nothing else names it."""
