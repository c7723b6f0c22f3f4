"""How well the words of a place match those of a query."""
