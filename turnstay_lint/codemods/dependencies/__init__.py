"""How the findings of dependencies are put right, a codemod a file."""
