"""How the findings of database are put right, a codemod a file."""
