"""The ways in: command line, flake8, pylint."""
