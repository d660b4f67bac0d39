"""What the handbook asks: one section a folder, one convention a file."""
