"""The handbook's section on database, a rule a file."""
