"""The handbook's section on endpoints, a rule a file."""
