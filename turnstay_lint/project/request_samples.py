"""What a request to an endpoint has to carry at least, with values that its schemas give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas import default_of, fields, is_schema
from turnstay_lint.project.summary import AttributeSummary
from turnstay_lint.project.values import Call, Items, Literal
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import Type, read_type

_VALUES = {
    "builtins.bool": "True",
    "builtins.float": "1.0",
    "builtins.int": "1",
    "builtins.str": '"test"',
    "datetime.date": '"2024-01-01"',
    "datetime.datetime": '"2024-01-01T00:00:00Z"',
    "decimal.Decimal": '"1.00"',
    "pydantic.EmailStr": '"user@example.com"',
    "pydantic.HttpUrl": '"https://example.com"',
    "uuid.UUID": '"00000000-0000-4000-8000-000000000000"',
}
_MOST_DEPTH = 3


class Sample(Struct, frozen=True):
    """Values by name, as code: in the path, in the query, and in the body, if it has one."""

    path: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] | None = None


def sample_of(project: Project, function: Scope, path: str) -> Sample:
    """Return what the parameters of an endpoint need; what cannot be made up is left out."""
    node, outer = function.node, function.parent or function
    assert isinstance(node, FunctionNode)
    in_path, query, body = [], [], None
    for parameter in _required(node.args):
        said = project.canonical_type(read_type(parameter.annotation, outer), function.module)
        if f"{{{parameter.arg}" in path:
            in_path.append((parameter.arg, _VALUES.get(said.without_none.name, '"test"')))
        elif said.without_none.name in _VALUES:
            query.append((parameter.arg, _VALUES[said.without_none.name]))
        elif is_schema(project, said.name, function.module):
            body = tuple(_body(project, said.name, _MOST_DEPTH))
    return Sample(tuple(in_path), tuple(query), body)


def _required(arguments: ast.arguments) -> Iterator[ast.arg]:
    plain = [*arguments.posonlyargs, *arguments.args]
    yield from plain[: len(plain) - len(arguments.defaults)]
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is None:
            yield parameter


def _body(project: Project, schema: str, depth: int) -> Iterator[tuple[str, str]]:
    symbol = project.find(schema)
    if symbol is None or depth == 0:
        return
    for field in fields(project, symbol):
        if default_of(field) is None:
            value = _example(field) or _value(project, field.type, symbol.module.name, depth)
            if value:
                yield field.name, value


def _value(project: Project, type_: Type | None, near: str, depth: int) -> str:
    """Return a value of a type as code, empty where none can be made up."""
    if type_ is None:
        return ""
    plain = project.canonical_type(type_.without_none, near)
    if plain.name in ("builtins.list", "typing.List"):
        return "[]"
    if is_schema(project, plain.name, near):
        inner = ", ".join(
            f'"{name}": {value}' for name, value in _body(project, plain.name, depth - 1)
        )
        return f"{{{inner}}}"
    return _VALUES.get(plain.name, "")


def _example(field: AttributeSummary) -> str:
    """Return what ``json_schema_extra={"example": ...}`` says, as code."""
    extra = field.value.keyword("json_schema_extra") if isinstance(field.value, Call) else None
    for pair in extra.items if isinstance(extra, Items) else ():
        if isinstance(pair, Items) and len(pair.items) == 2 and pair.items[0] == Literal("example"):
            said = pair.items[1]
            if isinstance(said, Literal) and isinstance(said.value, str | int | float):
                return _code(said.value)
    return ""


def _code(value: str | float) -> str:
    if isinstance(value, str) and '"' not in value and "\\" not in value and value.isprintable():
        return f'"{value}"'
    return repr(value)
