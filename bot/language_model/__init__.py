"""Lines about chapters that a language model writes, on a server that the operator names."""
