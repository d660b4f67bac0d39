"""Where something can be awaited."""

from __future__ import annotations

import ast

from turnstay_lint.source.scopes import COMPREHENSIONS, Scope

SYNCHRONOUS = "the function is not async, so that nothing can be awaited in it"
"""Why there is no fix where nothing can be awaited."""


def can_await(scope: Scope) -> bool:
    """Tell whether code of a scope may await: not in a lambda, nor in a generator expression."""
    here: Scope | None = scope
    while here is not None and isinstance(here.node, COMPREHENSIONS):
        if isinstance(here.node, ast.GeneratorExp):
            return False
        here = here.parent
    return here is not None and isinstance(here.node, ast.AsyncFunctionDef)
