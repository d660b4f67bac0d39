"""The handbook's section on schemas, a rule a file."""
