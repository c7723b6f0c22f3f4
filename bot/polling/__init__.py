"""Looks at feeds when they are due, and reads the files beside their episodes."""
