"""Whether somebody may be contacted, by which channel and for what; and writing down that they were."""
