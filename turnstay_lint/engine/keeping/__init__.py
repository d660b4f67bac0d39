"""What is kept from one run to the next, and what tells whether it still holds."""
