"""What the columns of a list mean to an import, chosen by people and kept under a name."""
