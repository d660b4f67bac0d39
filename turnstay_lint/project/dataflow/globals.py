"""Names that a function does not bind itself: classes, functions and variables of modules."""

from __future__ import annotations

import ast
from typing import Protocol

from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Constant,
    Named,
    Raw,
    Session,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Call, Literal
from turnstay_lint.project.summaries.values import Name as SmallName
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope


class Places(Protocol):
    """What knows the ``module`` that names are read in, and keys of the states of objects."""

    module: str

    def place(self, node: ast.AST | str) -> int:
        """Return the key of the state of what comes from a node."""


class Globals:
    """Looks names up through the service, once each."""

    def __init__(self, words: Vocabulary) -> None:
        """Look up with the words of a service."""
        self._words = words
        self._found: dict[tuple[str, str], Value] = {}

    def value(self, name: ast.Name, scope: Scope, places: Places) -> Value:
        """Return the value of a name that no variable of the function has."""
        dotted = resolve(name, scope)
        if dotted is not None:
            known = self._found.get((dotted, places.module))
            if known is not None:
                return known
            return self.named(dotted, places.module, places.place(f"global {name.id}"))
        if scope.lookup(name.id) is not None:
            return UNKNOWN
        meant = self._words.unbound(name.id)
        if meant is not None:
            return meant
        symbol = self._words.project.class_named(name.id)
        if symbol is not None:
            place = places.place(f"global {name.id}")
            return self.named(symbol.name, symbol.module.name, place)
        return UNKNOWN

    def named(self, dotted: str, near: str, place: int) -> Value:
        """Return what a dotted name means in a module."""
        key = (dotted, near)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._named(dotted, near, place)
        return found

    def _named(self, dotted: str, near: str, place: int) -> Value:
        known = self._words.named.get((dotted, near))
        if known is not None:
            return known
        symbol = self._words.symbol(dotted, near)
        if symbol is not None and symbol.name not in self._words.models.classes:
            if isinstance(symbol.definition, VariableSummary):
                return self._variable(symbol, symbol.definition, place)
        found = self._words.named[dotted, near] = self._settled(dotted, near, symbol)
        return found

    def _settled(self, dotted: str, near: str, symbol: Symbol | None) -> Value:
        """What is no variable is the same wherever it is named."""
        if symbol is None:
            canonical = self._words.project.canonical(dotted, near)
            if canonical == "builtins.Ellipsis":
                return Constant(...)
            return Named(canonical)
        if symbol.name in self._words.models.classes:
            return self._words.entity(symbol.name)
        return Named(symbol.name)

    def _variable(self, symbol: Symbol, variable: VariableSummary, place: int) -> Value:
        near = symbol.module.name
        made = variable.value
        if isinstance(made, Literal):
            return Raw() if made.value is not None else UNKNOWN
        if isinstance(made, Call) and made.arguments and self._is_table(made, near):
            named = made.arguments[0]
            if isinstance(named, Literal) and isinstance(named.value, str):
                model = self._words.models.of_table(named.value, near)
                return self._words.entity(model.name) if model is not None else UNKNOWN
        if isinstance(made, Call) and made.subscript:
            return Named(symbol.name)
        found = self._words.of_variable(variable, near, place)
        if found != UNKNOWN and not isinstance(found, Session):
            return found
        if isinstance(found, Session):
            return found
        return Named(symbol.name) if isinstance(made, SmallName) else UNKNOWN

    def _is_table(self, made: Call, near: str) -> bool:
        name = self._words.project.canonical(made.name, near)
        return name.startswith("sqlalchemy.") and name.endswith(".Table")
