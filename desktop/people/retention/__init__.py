"""How long people are kept: rules, who is due, legal holds, and disposing of those who are."""
