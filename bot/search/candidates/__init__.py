"""Where in the index a query may have been said."""
