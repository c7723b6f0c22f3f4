"""The tables, and one module for the uses of each group."""
