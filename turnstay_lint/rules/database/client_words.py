"""What a client says in an expression, and whether it may say so unverified."""

from __future__ import annotations

import ast

from turnstay_lint.project.access.verification import is_verified
from turnstay_lint.project.dataflow.storing import Written
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.database.tenant_queries import outermost_function, reach_of
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.scopes import Scope


def said_by(written: Written) -> frozenset[str]:
    """Return the client's words as code: of a dump the attribute of the schema's instance."""
    dump = written.dump
    if dump is not None and isinstance(dump.func, ast.Attribute):
        return frozenset({f"{ast.unparse(dump.func.value)}.{written.column}"})
    if dump is not None:
        return frozenset({written.origin})
    if isinstance(written.at, ast.Await):
        # What else is told of the request itself verifies nothing of its body.
        return frozenset({ast.unparse(written.at)})
    of_body = f"{ast.unparse(written.at)}[{written.column!r}]"
    return chains(written.at) | {ast.unparse(written.at), of_body}


def chains(expression: ast.expr) -> frozenset[str]:
    """Return the names and attributes in an expression: ``request_data.company_id``."""
    inner = {n.value for n in ast.walk(expression) if isinstance(n, ast.Attribute)}
    return frozenset(
        ast.unparse(node)
        for node in ast.walk(expression)
        if isinstance(node, ast.Name | ast.Attribute) and node not in inner
    )


def is_the_clients(look: Look, scope: Scope, at: ast.expr, said: frozenset[str]) -> bool:
    """Tell whether a client of a tenant may freely say it, and nobody verifies it."""
    function = outermost_function(scope)
    if function is None:
        return False
    reach = reach_of(look, scope)
    if reach.exempt or is_verified(look.project, look.source, function, said, at):
        return False
    found = endpoints(look.project, look.source)
    if any(endpoint.function is function.node for endpoint in found):
        return True
    taken = _types_taken(look, function, said)
    return any(_takes(look, route.function, type_) for route in reach.endpoints for type_ in taken)


def _types_taken(look: Look, function: Scope, said: frozenset[str]) -> frozenset[str]:
    """Return the canonical types of the parameters that hold what is said."""
    roots = {chain.partition(".")[0] for chain in said}
    return _parameter_types(look, f"{function.module}.{function.qualname}", roots)


def _takes(look: Look, function: str, type_: str) -> bool:
    return type_ in _parameter_types(look, function, None)


def _parameter_types(look: Look, function: str, names: set[str] | None) -> frozenset[str]:
    symbol = look.project.find(function)
    definition = symbol.definition if symbol is not None else None
    if symbol is None or not isinstance(definition, FunctionSummary):
        return frozenset()
    return frozenset(
        look.project.canonical(parameter.type.without_none.name, symbol.module.name)
        for parameter in definition.parameters
        if names is None or parameter.name in names
    )
