"""Changing many people at once: what can be changed, who it is about, and the one step that does it."""
