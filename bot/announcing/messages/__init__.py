"""What an announcement says, and the messages made of it."""
