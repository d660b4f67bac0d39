"""Schemas: which classes are, what they validate and configure, and what is dumped of them."""
