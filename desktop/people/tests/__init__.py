"""Tests of what is known about people and how it gets in."""
