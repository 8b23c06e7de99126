"""Tests against a real Secret Service: unlocked, locked, and none."""
