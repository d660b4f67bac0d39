"""How the findings of endpoints are put right, a codemod a file."""
