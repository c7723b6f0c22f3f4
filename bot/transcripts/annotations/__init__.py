"""What is told of turns after they were read: who speaks, and what is no talk."""
