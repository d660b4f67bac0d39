"""How the findings of access are put right, a codemod a file."""
