"""Which files there are, to which service each belongs, and what rules say of one."""
