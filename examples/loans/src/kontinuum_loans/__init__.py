"""Loans: what the office lends to people."""
