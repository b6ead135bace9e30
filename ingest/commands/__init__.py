"""What each command of `python -m ingest` does: one function a command, which returns the exit code."""
