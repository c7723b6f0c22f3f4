"""The Discord client, and what becomes of a command that fails."""
