"""From a question to what is searched for: follow-ups completed, words spelled as the documents do, more ways tried."""
