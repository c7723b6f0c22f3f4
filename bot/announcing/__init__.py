"""Deliveries: announcements on their way to channels, each once."""
