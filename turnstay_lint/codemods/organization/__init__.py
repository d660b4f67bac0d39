"""How the findings of organization are put right, a codemod a file."""
