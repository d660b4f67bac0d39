"""A user who is the tenant and acts: whether what he does is done to rows of his own.

Who made a row is not always who may change it. A user that is handed to a check or to the history
says who asks, and a condition on whose the row is would lock everybody else out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.dataflow.events import Sent, TenantName
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.rules.database.tenant_queries import TenantQuery, outermost_function
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.patterns import regex

_PERSON = regex(r"(^|_)(user|member|person|principal|identity|employee|actor)$")
_WORDS = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_TOLD = regex(
    r"(^|_)(access|activity|allow|allowed|assert|audit|authori[sz]e|can|check|ensure|event|histor\w*"
    r"|log|notify|permission|permit|record|require|track|verify)(_|$)"
)
_CHANGES = frozenset({"update", "delete"})


def only_acts(look: Look, query: TenantQuery, tenant: TenantName) -> str:
    """Say why a user in scope need not be whose the rows are, empty where nothing tells so."""
    model = look.settings.tenant_model.rpartition(".")[2]
    if tenant.kind != "tenant" or not _PERSON.search(_plain(model)):
        return ""
    change = _change(query.sent)
    if change:
        return (
            f"{tenant.expression} is who asks; whether only who made a row may {change} it"
            " a person must say"
        )
    name = tenant.expression.rpartition(".")[0]
    told = next(_told(query.sent, name), "")
    if told:
        return f"{tenant.expression} is who asks: {name} is handed to {told} as such"
    return ""


def _change(sent: Sent) -> str:
    """Return ``update`` or ``delete`` for what changes rows, by a statement or a legacy Query."""
    return next((kind for kind in (sent.query.kind, sent.method) if kind in _CHANGES), "")


def _told(sent: Sent, name: str) -> Iterator[str]:
    """Yield what checks or keeps a history and is told the user, in the order of the text."""
    function = outermost_function(sent.scope)
    for node in ast.walk(function.node) if function is not None else ():
        if not isinstance(node, ast.Call):
            continue
        called = dotted_name(node.func).rpartition(".")[2]
        given = [dotted_name(argument) for argument in node.args]
        given += [dotted_name(keyword.value) for keyword in node.keywords]
        if any(value == name or value.startswith(f"{name}.") for value in given):
            beside = (called, *given, *(keyword.arg or "" for keyword in node.keywords))
            words = (word.rpartition(".")[2] for word in beside)
            yield from (word for word in words if _TOLD.search(_plain(word)))


def _plain(name: str) -> str:
    return _WORDS.sub("_", name).lower()
