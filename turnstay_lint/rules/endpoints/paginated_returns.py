"""Lists that an endpoint returns, and what makes pages of them."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.endpoints.response_models import LISTS
from turnstay_lint.project.inference.expressions import Inference
from turnstay_lint.project.inference.flow import is_generator, returns_of
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

PAGINATE = "fastapi_pagination", "paginate"
PAGE = "fastapi_pagination", "Page"
_SCALARS = "<Scalars>"
_UNTOLD = frozenset({_SCALARS, "typing.Iterable", "collections.abc.Iterable"})


class PaginatedReturn(Struct, frozen=True):
    """A value that is returned; one that is ``untold`` has no length until all of it is asked."""

    value: Span
    untold: bool


class PaginateReturns(Struct, frozen=True):
    """Return ``paginate(...)`` of values; ``model`` is what the route then has to say, if new."""

    returns: tuple[PaginatedReturn, ...]
    model: str = ""


class ListReturns(Struct, frozen=True):
    """What the returns of an endpoint give: ``lists`` where that is certain, or something else."""

    lists: tuple[PaginatedReturn, ...] = ()
    others: bool = False


def returned_lists(look: Look, endpoint: Endpoint) -> ListReturns:
    """Return which values an endpoint returns are lists, so that they are no pages."""
    function, scope = endpoint.function, endpoint.scope
    if function is None or scope is None or is_generator(function):
        return ListReturns(others=True)
    inference = Inference(look.project, look.source)
    lists, others = [], False
    for statement in returns_of(function):
        if statement.value is None:
            others = True
            continue
        type_ = inference.of(statement.value, scope)
        if type_.name in LISTS or _is_written_out(statement.value, scope):
            span = look.source.span(statement.value)
            lists.append(PaginatedReturn(span, type_.name in _UNTOLD))
        else:
            others = True
    return ListReturns(tuple(lists), others)


def _is_written_out(value: ast.expr, scope: Scope) -> bool:
    """Tell whether a list stands there itself, or in the one assignment of a variable."""
    if isinstance(value, ast.Name):
        found = scope.lookup(value.id)
        held = found[1][0].value if found is not None and len(found[1]) == 1 else None
        return isinstance(held, ast.List | ast.ListComp)
    return isinstance(value, ast.List | ast.ListComp)


def paginate_is_free(look: Look, scope: Scope) -> bool:
    """Tell whether ``paginate`` is, or may become, the function that makes pages of lists."""
    return means(look, scope, PAGINATE)


def means(look: Look, scope: Scope, wanted: tuple[str, str]) -> bool:
    """Tell whether a name is, or may become, that of a thing of a module."""
    module, name = wanted
    if scope.lookup(name) is None:
        return True
    meant = resolve(ast.Name(name, lineno=10**9, col_offset=0), scope)
    return meant is not None and look.project.canonical(meant, scope.module) == f"{module}.{name}"
