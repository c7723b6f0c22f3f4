"""Segments of what was said: built, written, mapped, read."""
