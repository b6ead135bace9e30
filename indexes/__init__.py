"""Keep and find: the catalogue, the search indexes derived from it, and the embedders, one vendor library per file."""
