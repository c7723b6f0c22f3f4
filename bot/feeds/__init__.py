"""Feeds: fetching, parsing, deciding what is new, and when to poll next."""
