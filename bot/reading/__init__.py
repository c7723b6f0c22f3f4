"""Documents from outside are read in a process of their own, which ends when one takes too much memory or time."""
