"""Models and tables: what is mapped to what, how it is related, and which tenant owns it."""
