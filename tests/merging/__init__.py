"""Merging records, which touches every module."""
