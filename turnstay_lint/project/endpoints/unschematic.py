"""What a ``response_model=`` says that is no schema: ORM classes, dictionaries, anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.inference.types import read_annotation, unbound_class
from turnstay_lint.project.models.models import OrmClass, orm_class
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import Type

_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_DICTS = frozenset({"builtins.dict", "collections.OrderedDict", "collections.defaultdict"})
_CONTAINERS = frozenset(
    {
        "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "builtins.dict",
        "typing.Sequence", "typing.Iterable", "typing.Collection", "typing.Mapping",
        "collections.abc.Sequence", "collections.abc.Iterable", "collections.abc.Collection",
        "collections.abc.Mapping", "()", "|",
    }
)  # fmt: skip


class NoSchema(Struct, frozen=True):
    """A part of a response model that is no schema: what it is, and the ORM class if it is one."""

    type: Type
    model: OrmClass | None = None


def no_schemas_in(project: Project, expression: ast.expr, scope: Scope) -> tuple[NoSchema, ...]:
    """Return the parts of a ``response_model=`` that are no schemas, in order."""
    return _parts_of(project, read_annotation(project, expression, scope), scope.module)


@project_fact
def _parts_of(project: Project, said: Type, near: str) -> tuple[NoSchema, ...]:
    return tuple({part.type: part for part in _parts(project, said, near)}.values())


def _parts(project: Project, type_: Type, near: str) -> Iterator[NoSchema]:
    model = orm_class(project, type_.name, near)
    if model is not None:
        yield NoSchema(type_, model)
    elif type_.name in _ANYTHING or (_is_bare(type_) and type_.name != "builtins.tuple"):
        yield NoSchema(type_)
    elif type_.name in _CONTAINERS or _is_page(type_.name):
        for argument in type_.arguments:
            yield from _parts(project, argument, near)
    else:
        for argument in type_.arguments:
            yield from (part for part in _parts(project, argument, near) if part.model is not None)


def _is_bare(type_: Type) -> bool:
    """A container that does not say what it holds holds anything."""
    return not type_.arguments and type_.name in (_CONTAINERS | _DICTS)


def _is_page(name: str) -> bool:
    return name.startswith("fastapi_pagination.") and name.endswith("Page")


def names_of(
    project: Project, expression: ast.expr, scope: Scope, model: OrmClass
) -> Iterator[ast.Name | ast.Attribute]:
    """Yield the expressions within a response model that name an ORM class."""
    todo: list[ast.AST] = [expression]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name | ast.Attribute):
            unbound = unbound_class(project, node, scope)
            name = unbound.name if unbound is not None else resolve(node, scope)
            found = orm_class(project, name, scope.module) if name else None
            if found is not None and found.name == model.name:
                yield node
                continue
        todo.extend(ast.iter_child_nodes(node))
