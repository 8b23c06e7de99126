"""Measures the product through its own services."""
