"""Published transcripts: the formats that `podcast:transcript` links to, read into turns."""
