"""Fetching, with its bounds: addresses, redirects, bodies, caching headers."""
