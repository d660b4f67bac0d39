"""How the parameters of a function are read into its summary."""

from __future__ import annotations

import ast

from turnstay_lint.project.summaries.summary import Parameter
from turnstay_lint.project.summaries.values import Value, read_value
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import UNKNOWN, read_type

_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")


def parameters_of(arguments: ast.arguments, scope: Scope) -> tuple[Parameter, ...]:
    """Return the parameters that a function's arguments are, in order."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + arguments.defaults
    found = [_parameter(p, d, "positional", scope) for p, d in zip(plain, defaults, strict=True)]
    if arguments.vararg is not None:
        found.append(_parameter(arguments.vararg, None, "*", scope))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(_parameter(parameter, default, "keyword", scope))
    if arguments.kwarg is not None:
        found.append(_parameter(arguments.kwarg, None, "**", scope))
    return tuple(found)


def _parameter(parameter: ast.arg, default: ast.expr | None, kind: str, scope: Scope) -> Parameter:
    annotation = parameter.annotation
    return Parameter(
        parameter.arg,
        UNKNOWN if annotation is None else read_type(annotation, scope),
        None if default is None else read_value(default, scope),
        _metadata(annotation, scope) if isinstance(annotation, ast.Subscript) else (),
        kind,
    )


def _metadata(annotation: ast.Subscript, scope: Scope) -> tuple[Value, ...]:
    """Read what ``Annotated[...]`` says beside the type; one that has a name stays a name."""
    index = annotation.slice
    if isinstance(index, ast.Tuple) and resolve(annotation.value, scope) in _ANNOTATED:
        return tuple(read_value(element, scope) for element in index.elts[1:])
    return ()
