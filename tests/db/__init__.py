"""Tests of the data side on a real SQLite file."""
