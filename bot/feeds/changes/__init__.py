"""What a feed changed: which episodes are new, moved or withdrawn."""
