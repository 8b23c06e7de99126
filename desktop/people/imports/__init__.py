"""Bringing lists of people in: what a file says, what it would change, and storing it as one change set."""
