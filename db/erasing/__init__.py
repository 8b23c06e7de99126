"""Erasing people: all that is known of one leaves every table, the history, the search and the file itself."""
