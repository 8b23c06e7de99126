"""Tests of the services behind the measuring protocol."""
