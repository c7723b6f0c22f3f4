"""What is said in each chapter of an episode, in a line of its own words."""
