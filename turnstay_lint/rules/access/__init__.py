"""The handbook's section on access, a rule a file."""
