"""Segments over everything the program knows of people, all modules together."""
