"""The command line: `parser` names the commands and their options, the other modules run them."""
