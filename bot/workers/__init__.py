"""Work that goes on for as long as the process runs, shared with other processes."""
