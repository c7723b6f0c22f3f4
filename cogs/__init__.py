"""The Discord commands, a cog a file: they read options, call the application and show the answer."""
