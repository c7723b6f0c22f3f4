"""One file for each format of published transcripts, and what several of them share."""
