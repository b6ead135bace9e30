"""Signing in: who is let in by what a browser brings, and the gate before everything that the server has."""
