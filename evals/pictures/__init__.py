"""Pictures of every page and state, as a person would see them."""
