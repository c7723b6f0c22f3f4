"""Text as it arrives: encodings, lines, words, sentences, times."""
