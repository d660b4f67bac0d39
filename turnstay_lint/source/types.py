"""Annotations read as types: ``list["Account"] | None`` without importing anything."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from keyword import iskeyword

from msgspec import Struct

from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_UNIONS = frozenset({"typing.Union", "typing_extensions.Union", "types.UnionType"})
_OPTIONALS = frozenset({"typing.Optional", "typing_extensions.Optional"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_MODERN = {
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Tuple": "builtins.tuple",
    "typing.Type": "builtins.type",
    "typing_extensions.Any": "typing.Any",
}


class Type(Struct, frozen=True, array_like=True):
    """A type as its dotted name and arguments; a union is named ``|``, what is unknown ``?``."""

    name: str
    arguments: tuple[Type, ...] = ()

    @property
    def without_none(self) -> Type:
        """Return the type with ``None`` taken out of a union; a union of one is that one."""
        if self.name != "|":
            return self
        left = tuple(argument for argument in self.arguments if argument.name != "None")
        return left[0] if len(left) == 1 else Type("|", left)

    @property
    def members(self) -> tuple[Type, ...]:
        """Return the members of a union, or the type itself alone."""
        return self.arguments if self.name == "|" else (self,)

    @property
    def known(self) -> bool:
        """Tell whether every part of the type has a name."""
        return self.name != "?" and all(argument.known for argument in self.arguments)


UNKNOWN = Type("?")
NONE = Type("None")


def read_type(annotation: ast.expr | None, scope: Scope) -> Type:
    """Return what an annotation says, strings parsed and ``Annotated`` looked through."""
    kind = type(annotation)
    if annotation is None or kind is ast.Name or kind is ast.Attribute:
        name = resolve(annotation, scope) if annotation is not None else None
        return _named(name) if name else UNKNOWN
    match annotation:
        case ast.Subscript(value=base, slice=index):
            return _read_subscript(base, index, scope)
        case ast.Constant(value=str(text)):
            return _read_string(text, annotation, scope)
        case ast.Constant(value=None):
            return NONE
        case ast.BinOp(op=ast.BitOr()):
            return _union(*(read_type(member, scope) for member in _alternatives(annotation)))
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return Type("()", tuple(read_type(element, scope) for element in elements))
    return UNKNOWN


@lru_cache(maxsize=4096)
def _named(name: str) -> Type:
    """The same few types are said again and again; shared, they take less room."""
    return Type(_MODERN.get(name, name))


def _read_string(text: str, annotation: ast.Constant, scope: Scope) -> Type:
    parsed = _parsed(text)
    if parsed is None:
        return UNKNOWN
    for node in ast.walk(parsed):
        if isinstance(node, ast.expr):
            node.lineno, node.col_offset = annotation.lineno, annotation.col_offset
    return read_type(parsed, scope)


def _parsed(text: str) -> ast.expr | None:
    """Parse an annotation in a string; its author is not warned of it here."""
    text = text.strip()
    if text.isidentifier() and not iskeyword(text):
        return ast.Name(text, ast.Load())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None


def annotation_names(annotation: ast.expr | None) -> tuple[str, ...]:
    """Return the names in an annotation, strings parsed."""
    found: list[str] = []
    for node in ast.walk(annotation) if annotation is not None else ():
        inner = [node]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            parsed = _parsed(node.value)
            inner = list(ast.walk(parsed)) if parsed is not None else []
        found += [name.id for name in inner if isinstance(name, ast.Name)]
    return tuple(found)


def unbound_names(annotation: ast.expr | None, scope: Scope) -> tuple[str, ...]:
    """Return the names in an annotation, strings parsed, that nothing in the file binds."""
    return tuple(name for name in annotation_names(annotation) if scope.lookup(name) is None)


def _read_subscript(base: ast.expr, index: ast.expr, scope: Scope) -> Type:
    name = resolve(base, scope)
    elements = index.elts if isinstance(index, ast.Tuple) else [index]
    if name is None:
        return UNKNOWN
    if name in _ANNOTATED:
        return read_type(elements[0], scope) if elements else UNKNOWN
    if name in ("typing.Literal", "typing_extensions.Literal"):
        return Type("typing.Literal")
    arguments = tuple(read_type(element, scope) for element in elements)
    if name in _UNIONS:
        return _union(*arguments)
    if name in _OPTIONALS:
        return _union(*arguments, NONE)
    return Type(_MODERN.get(name, name), arguments)


def _alternatives(annotation: ast.expr) -> list[ast.expr]:
    """``A | B | C`` leans to the left, and may be longer than Python's stack."""
    found: list[ast.expr] = []
    while isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        found.append(annotation.right)
        annotation = annotation.left
    return [annotation, *reversed(found)]


def _union(*members: Type) -> Type:
    flat: list[Type] = []
    for member in members:
        for part in member.members:
            if part not in flat:
                flat.append(part)
    return flat[0] if len(flat) == 1 else Type("|", tuple(flat))
