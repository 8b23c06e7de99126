"""The office's own rules: written, decided, signed, and revised in time."""
