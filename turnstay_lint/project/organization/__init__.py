"""How files are named and imports are arranged, and where settings and constants lie."""
