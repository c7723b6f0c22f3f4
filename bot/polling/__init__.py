"""Polls feeds when they are due, and reads the files that episodes link to."""
