"""How one message gets to Discord: its channel, whether it is there already, sending it once, and how fast."""
