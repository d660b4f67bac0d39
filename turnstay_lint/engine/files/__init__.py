"""Writing to other people's files: as a whole or not at all, and so that it can be undone."""
