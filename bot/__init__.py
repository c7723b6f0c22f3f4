"""Earmark, the Discord bot that remembers what was said on the podcast."""

__version__ = "0.1.0"
