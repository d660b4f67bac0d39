"""Which rules speak of what a service can be seen to do."""

LEAKING = frozenset({"TSL202", "TSL301", "TSL302", "TSL303", "TSL304", "TSL316"})
"""A company gets at what is another's."""

BYPASSING = frozenset({"TSL315"})
"""A user gets at accounts that they may not see."""

DECLARED_LOADING = frozenset({"TSL306", "TSL313"})
"""A relationship is declared so that reading it loads it, or never loads it."""

LOADING = frozenset({"TSL307"})
"""A relationship is read that nothing has loaded."""
