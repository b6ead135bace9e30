"""What the Evaluation page keeps and starts: sets of questions, runs over them, and comparisons of two runs."""
