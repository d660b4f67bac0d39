"""Which rules there are, and which of them a configuration chooses."""
