"""How the findings of middleware are put right, a codemod a file."""
