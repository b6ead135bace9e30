"""Questions past one lookup: what is done step by step before an answer is written."""
