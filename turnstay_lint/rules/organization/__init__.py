"""The handbook's section on organization, a rule a file."""
