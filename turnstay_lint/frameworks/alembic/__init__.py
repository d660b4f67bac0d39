"""What an Alembic revision does, read from its source: operations in order, each with its place."""
