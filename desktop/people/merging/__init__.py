"""Making one record of two that are one person, and taking them apart again."""
