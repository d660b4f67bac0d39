"""turnstay-lint: holds TurnStay services to their handbook, and puts them right."""

__version__ = "0.1.0"
