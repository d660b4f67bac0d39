"""Revisions together: their order, and the schema that they leave behind."""
