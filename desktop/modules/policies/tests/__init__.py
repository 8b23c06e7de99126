"""Tests of the policies module."""
