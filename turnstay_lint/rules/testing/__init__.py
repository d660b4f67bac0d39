"""The handbook's section on testing, a rule a file."""
