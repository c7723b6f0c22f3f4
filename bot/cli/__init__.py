"""The commands of the command line, a file a group; `bot/__main__.py` reads their options and calls them."""
