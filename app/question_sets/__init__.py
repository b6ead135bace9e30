"""Sets of questions as files: what a row of one says, whoever wrote it."""
