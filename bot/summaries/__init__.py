"""What tells of an episode without a model: names and terms of each chapter, and words that can be quoted."""
