"""Reusable Qt parts without business words and without a database session."""
