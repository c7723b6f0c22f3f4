"""Tests of the reading process: its jobs, what it is told, its bounds, and how it ends."""
