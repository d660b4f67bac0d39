"""The handbook's section on migrations, a rule a file."""
