"""Protected identities: kept away from all other tables, so that nothing else finds, counts or shows them."""
