"""How the findings of errors are put right, a codemod a file."""
