"""What a service answers when something went wrong."""
