"""Tests of the core, the widgets and the shell, and contract tests over all modules."""
