"""Background work: leased workers that share queues with other processes, and retries."""
