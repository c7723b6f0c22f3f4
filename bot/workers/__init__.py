"""Background work: leased workers that share queues with other processes, retries, the parser thread."""
