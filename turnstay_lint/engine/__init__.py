"""Which files are read, which rules run, what is written: everything between paths and findings."""
