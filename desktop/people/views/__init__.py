"""Saved views of the list of people: its columns, what a view holds, keeping and switching views."""
