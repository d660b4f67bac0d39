"""The two passes over files, in one process or several, and what is remembered of earlier."""
