"""Rows that were fetched by an id, or at hand, and are held against the tenant only afterwards.

``persona = fetch_persona_for_user(session, persona.id, user)`` after a query by that id, and
``validate_owner(block_id, user)`` after the deletion of what hangs on that block: who may not have
the row gets no further, as with ``if account.company_id != company.id: raise``.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from turnstay_lint.project.access.checkers import names_check
from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.values import (
    Access,
    Collection,
    Entity,
    Field,
    Instance,
    Named,
    Object,
    Raw,
    Value,
)
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


_SEES = regex(r"(^|_)(access|accessible|allowed|approved|permitted|readable|visible)(_|$)")


class AskedAgain:
    """Sees, for one function, which rows are asked for again by who knows the tenant."""

    def __init__(self, evaluator: Evaluator) -> None:
        """See for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words

    def called(
        self,
        name: str,
        called: Value,
        ids: Container[str],
        given: Given,
        found: Value,
        environment: Environment,
    ) -> None:
        """Mark the rows that a call asks for again; ``ids`` are the variables that it is given.

        ``called`` is the function, or what a method is called on. What may give None refuses
        nobody, unless it is called as a check, or says which of several ids somebody may see.
        """
        refuses = names_check(name)
        held = list(self._held(called, refuses, ids, given, found, environment))
        if refuses or _SEES.search(name):
            held.extend(self._of_several(given, environment))
            refuses = True
        if held and (refuses or not self._may_give_none(called, name)):
            for place in held:
                self._evaluator.checks.own(place, environment)

    def _held(
        self,
        called: Value,
        refuses: bool,
        ids: Container[str],
        given: Given,
        found: Value,
        environment: Environment,
    ) -> Iterator[int]:
        """A check is about any row; a getter about those of the model that it gives."""
        model = next((v.model for v in (found, called) if isinstance(v, Object | Entity)), "")
        for value in (*given.positional, *(value for _, value in given.keywords)):
            if isinstance(value, Field) and self._is_own_key(value):
                if refuses or value.model == model:
                    yield value.place
        for place, state in environment.objects.items():
            for variable, key in state.asked:
                if variable in ids and (refuses or self._leads_to(key, model)):
                    yield place

    def _of_several(self, given: Given, environment: Environment) -> Iterator[int]:
        """``accessible(list(ids - known), user)`` after what was fetched by these ids."""
        values = (*given.positional, *(value for _, value in given.keywords))
        lists = (value.items for value in values if isinstance(value, Collection))
        origins = {item.origin for items in lists for item in items if isinstance(item, Raw)}
        for place, state in environment.objects.items() if origins else ():
            if any(variable in origins and variable.endswith("[]") for variable, _ in state.asked):
                yield place

    def _is_own_key(self, key: Field) -> bool:
        known = self._words.models.classes.get(key.model)
        return known is not None and known.primary_key == (key.column,)

    def _leads_to(self, key: Field, model: str) -> bool:
        """Tell whether a column is a model's own key, or a foreign key to it."""
        if key.model == model and self._is_own_key(key):
            return True
        return bool(model) and self._words.tenancy.refers_to(key.model, key.column) == model

    def _may_give_none(self, called: Value, name: str) -> bool:
        functions: tuple[str, ...] = ()
        match called:
            case Named(name=dotted):
                functions = (dotted, f"{dotted}.{name}")
            case Entity(model=owner) | Instance(type=owner):
                functions = (f"{owner}.{name}",)
            case Access():
                functions = (f"{self._words.access}.{name}",)
        for function in functions:
            symbol = self._words.symbol(function)
            if symbol is not None and isinstance(symbol.definition, FunctionSummary):
                returns = symbol.definition.returns
                return returns.without_none != returns
        return False
