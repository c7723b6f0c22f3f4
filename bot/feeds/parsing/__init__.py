"""A document in, items out."""
