"""One output format, one file."""
