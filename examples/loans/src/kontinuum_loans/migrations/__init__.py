"""The line of revisions of the loans."""
