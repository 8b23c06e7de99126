"""Tests of the command line, in the same process and as a program of its own."""
