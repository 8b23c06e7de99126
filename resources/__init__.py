"""Fonts, icons, texts and names for demo data."""
