"""One change of the recipe at a time, on every set, held against the app's own config."""
