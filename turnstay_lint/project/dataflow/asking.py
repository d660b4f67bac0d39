"""Which of the client's values somebody asked about: a getter, a query, a helper, a comparison.

What was asked anywhere in a function counts for all of it. A helper that takes a value, or the
whole schema, may verify it, so that nothing is reported of what went through one.
"""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.identifiers import Identifiers
from turnstay_lint.project.dataflow.values import (
    Access,
    Collection,
    Constant,
    Instance,
    Raw,
    Record,
    Session,
    Tenant,
    TenantId,
    Value,
)

SAYING = frozenset(
    {
        "add_task", "append", "bind", "critical", "debug", "delay", "error", "exception", "extend",
        "format", "info", "log", "print", "set_attribute", "set_tag", "startswith", "warn",
        "warning",
    }
)  # fmt: skip
"""Methods of what is not known that only tell somebody, and verify nothing."""


class Asking:
    """Gathers, for one function, the origins of the values that were asked about."""

    def __init__(self, identifiers: Identifiers) -> None:
        """Start with nothing asked; ``identifiers`` know what the key of a found row was before."""
        self._identifiers = identifiers
        self._asked: set[tuple[str, str]] = set()
        self._handed: set[str] = set()

    def about(self, value: Value, model: str = "") -> None:
        """Note that a value was asked about: as the id of a model, or of whatever it may be."""
        match value := self._identifiers.before(value):
            case Raw(origin=origin, part=part) if origin:
                if value.schema or value.dump is not None:
                    self._handed.add(origin)
                elif not part:
                    self._asked.add((origin, model))
            case Collection(items=items):
                for inner in items:
                    self.about(inner, model)
            case Record(items=pairs):
                for _, inner in pairs:
                    self.about(inner, model)

    def compared(self, one: Value, others: list[Value]) -> None:
        """Note a comparison with what is neither a literal nor the client's as well.

        ``field in update_data`` says nothing of the ids in the dict.
        """
        for sides, against in (([one], others), (others, [one])):
            if not any(isinstance(value, Constant | Raw) for value in against):
                for value in sides:
                    if not isinstance(value, Raw) or not (value.schema or value.dump):
                        self.about(value)

    def taken(self, given: Given, *, only_if_told: bool = False) -> None:
        """What takes a value may verify it; a plain function only if it is told who asks."""
        called = given.call.func
        if isinstance(called, ast.Attribute) and called.attr in SAYING:
            return
        values = (*given.positional, *(value for _, value in given.keywords))
        told = any(isinstance(v, Session | Access | Instance | Tenant | TenantId) for v in values)
        if told or not only_if_told:
            for value in values:
                self.about(value)

    def covers(self, origin: str, model: str) -> bool:
        """Tell whether the id that came from there may have been verified as one of a model."""
        if any(origin == h or origin.startswith((f"{h}.", f"{h}[]")) for h in self._handed):
            return True
        return any(
            asked in (origin, origin.removesuffix("[]")) and of in ("", model)
            for asked, of in self._asked
        )
