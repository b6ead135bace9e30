"""What the Lab page looks at: the stages of a search, a collection's embeddings, one passage."""
