"""Promises of the reusable parts of the window."""
