"""Cues and labelled lines, put together to turns."""
