"""What an announcement says, and the messages rendered from that."""
