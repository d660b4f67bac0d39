"""How the findings of schemas are put right, a codemod a file."""
