"""What an import asks before it writes: contradictions, several matches, too many changes, rows to be mended."""
