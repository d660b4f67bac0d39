"""The same convention as a rule of this project, written for another linter."""
