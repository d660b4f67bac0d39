"""The codemod of each rule, imported when it is to make a fix."""

from __future__ import annotations

import importlib
from functools import cache

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.engine.configuring.registry import codemod_module_of, rule_named


@cache
def codemod_of(code: str) -> Codemod | None:
    """Return the codemod that puts a rule's findings right, or None; imports libcst."""
    rule = rule_named(code)
    if rule is None:
        return None
    name = codemod_module_of(rule)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    found = getattr(module, "CODEMOD", None)
    return found if isinstance(found, Codemod) else None
