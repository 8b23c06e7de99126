"""The office's own organisation: units in four levels, the posts in them, who holds these, and handing them over."""
