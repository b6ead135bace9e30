"""What happens when a chat endpoint misbehaves, is asked by many at once, or is left in the middle of an answer."""
