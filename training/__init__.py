"""Learns the weights of reranking and reading from sets of questions: `python -m training`."""
