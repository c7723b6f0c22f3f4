"""The quote search: who said these words, and when."""
