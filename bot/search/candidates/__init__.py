"""Candidates: from the words of a query to the places of the index that may hold a quote."""
