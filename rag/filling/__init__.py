"""Where the passages say what was filled in."""
