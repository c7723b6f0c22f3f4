"""The index: segments of normalised words, written to disk, mapped into memory and seen as one."""
