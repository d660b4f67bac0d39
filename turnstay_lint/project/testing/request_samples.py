"""What a request to an endpoint has to carry at least, with values that its schemas give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import default_of, fields, is_schema, validates
from turnstay_lint.project.summaries.summary import AttributeSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import UNKNOWN, Type, read_type

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
_ASKING = frozenset(
    f"fastapi{module}.{name}"
    for module in ("", ".param_functions")
    for name in ("Body", "Cookie", "File", "Form", "Header", "Path", "Query")
)
_HARMLESS = frozenset(
    {"default", "default_factory", "deprecated", "description", "examples", "json_schema_extra",
     "repr", "title"}
)  # fmt: skip


class Sample(Struct, frozen=True):
    """Values by name, as code: in the path, in the query, and in the body, if it has one.

    ``is_whole`` says that nothing is left out and no value may be refused as one of its kind.
    """

    path: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] | None = None
    is_whole: bool = True

    @property
    def is_empty(self) -> bool:
        """Tell whether a request needs nothing at all."""
        return self.is_whole and not self.path and not self.query and self.body is None


def sample_of(project: Project, function: Scope, path: str) -> Sample:
    """Return what the parameters of an endpoint need; what cannot be made up is left out."""
    node, outer = function.node, function.parent or function
    assert isinstance(node, FunctionNode)
    in_path, query, body = [], [], None
    whole = not any(resolve(default, outer) in _ASKING for default in _made(node.args))
    for parameter in _required(node.args):
        said = project.canonical_type(read_type(parameter.annotation, outer), function.module)
        if f"{{{parameter.arg}" in path:
            in_path.append((parameter.arg, _VALUES.get(said.without_none.name, '"test"')))
        elif said.without_none.name in _VALUES:
            query.append((parameter.arg, _VALUES[said.without_none.name]))
        elif is_schema(project, said.name, function.module):
            body = tuple(_body(project, said.name, _MOST_DEPTH))
            whole = whole and _is_whole(project, said.name, _MOST_DEPTH)
        elif said.without_none.name.startswith(("builtins.", "typing.Literal", "|")):
            whole = False
    return Sample(tuple(in_path), tuple(query), body, whole)


def _made(arguments: ast.arguments) -> Iterator[ast.expr]:
    """Yield what makes the defaults of parameters."""
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if isinstance(default, ast.Call):
            yield default.func


def _is_whole(project: Project, schema: str, depth: int) -> bool:
    """Tell whether all that a schema requires has a value that its validators do not see."""
    symbol = project.find(schema)
    if symbol is None or depth == 0 or validates(project, symbol):
        return False
    for field in fields(project, symbol):
        if default_of(field) is not None:
            continue
        plain = project.canonical_type((field.type or UNKNOWN).without_none, symbol.module.name)
        nested = is_schema(project, plain.name, symbol.module.name)
        if nested and not _is_whole(project, plain.name, depth - 1):
            return False
        if _is_narrow(field) and not _example(field):
            return False
        if not (_example(field) or _value(project, field.type, symbol.module.name, depth)):
            return False
    return True


def _is_narrow(field: AttributeSummary) -> bool:
    """Tell whether a field takes some values of its type only, or has another name."""
    said = field.value.keywords if isinstance(field.value, Call) else ()
    return any(name not in _HARMLESS for name, _ in said)


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
