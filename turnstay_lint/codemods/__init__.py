"""How findings are put right, on libcst: same section, same name as the rule."""
