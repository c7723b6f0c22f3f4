"""The doors: one file per group of commands; they read options, call the application and show the answer."""
