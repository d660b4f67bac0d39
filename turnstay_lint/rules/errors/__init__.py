"""The handbook's section on errors, a rule a file."""
