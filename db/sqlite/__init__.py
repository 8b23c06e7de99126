"""Everything that is said only to SQLite: connecting, triggers, the search index, copies."""
