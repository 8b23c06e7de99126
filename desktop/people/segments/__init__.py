"""Segments: people described by what is known of them, counted while the sentence is built, and used by other parts."""
