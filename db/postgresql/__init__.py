"""Everything that is said only to PostgreSQL: connecting, what the server does by itself, the search index."""
