"""A file for each format in which transcripts are published."""
