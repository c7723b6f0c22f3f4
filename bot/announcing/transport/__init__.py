"""One message's way to Discord: where it goes, whether it stands already, one try, how fast."""
