"""Reading feeds: addresses, fetching, parsing, deciding what is new."""
