"""What is said, wherever it was read: speakers by one name each, and turns that are no talk marked."""
