"""What the service says, all of its files together."""
