"""How the findings of testing are put right, a codemod a file."""
