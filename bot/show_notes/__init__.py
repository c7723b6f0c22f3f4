"""Show notes in HTML or text, read into chapters, turns and an introduction."""
