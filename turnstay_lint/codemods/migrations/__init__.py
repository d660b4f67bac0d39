"""How the findings of migrations are put right, a codemod a file."""
