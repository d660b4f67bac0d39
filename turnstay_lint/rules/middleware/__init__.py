"""The handbook's section on middleware, a rule a file."""
