"""Claims by rule that are hard to check: roles exchanged, sums, other forms of numbers, other languages."""
