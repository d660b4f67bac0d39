"""The handbook's section on dependencies, a rule a file."""
