"""The sentences for what is stored as a code with arguments."""
