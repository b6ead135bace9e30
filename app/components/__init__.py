"""Pieces of a page: each shows something and gives back what a person did with it."""
