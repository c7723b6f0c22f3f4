"""What was found where a feed was expected, and the feeds that it names."""
