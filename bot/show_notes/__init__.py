"""Show notes: what they say as HTML or text, read into chapters, turns and an introduction."""
