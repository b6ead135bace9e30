"""Documents that are versions of one another: which are, which of them is newer, and in what they differ."""
