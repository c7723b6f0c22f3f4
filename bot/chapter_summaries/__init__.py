"""Makes what a language model writes about announced episodes: once, by one process, within a budget."""
