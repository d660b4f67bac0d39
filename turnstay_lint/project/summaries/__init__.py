"""What one file says to others: its summary, how that is made of the tree, and its bytes."""
