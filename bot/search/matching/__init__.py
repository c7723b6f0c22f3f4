"""Matching: how well the words at a place of the index fit a query."""
