"""Which classes may be mapped, told by their own words, before any name is looked up.

A service has many classes and few models. One may be mapped when it speaks of a table, a column
or a relationship, when its base is called as a declarative base is, when its base may be, or when
that is the class of an installed package, of which only its definition tells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.patterns import regex

_TABLES = frozenset({"__tablename__", "__table__", "__table_args__", "__mapper_args__"})
_MEMBERS = frozenset(
    {"Column", "MappedColumn", "Relationship", "dynamic_loader", "mapped_column", "relationship"}
)
_MAPPED = ("Mapped", "DynamicMapped", "WriteOnlyMapped")
_BASES = regex(r"Declarative|AutomapBase|SQLModel|SQLAlchemy|Orm|ORM|Table")
_BASE_FACTORIES = frozenset({"declarative_base", "automap_base", "generate_base", "SQLAlchemy"})
_DECORATORS = regex(r"mapped|declarative", re.IGNORECASE)


def candidates(project: Project, imperative: Collection[str]) -> Iterator[Symbol]:
    """Yield the classes that may be mapped; ``imperative`` are those that some call maps."""
    classes = list(project.classes())
    children: dict[str, list[Symbol]] = {}
    for symbol in classes:
        for base in _definition(symbol).bases:
            children.setdefault(base.name.rpartition(".")[2], []).append(symbol)
    renamed: dict[str, list[str]] = {}
    for module in project.modules.values():
        for local, target in module.imports.items():
            if not target.endswith(f".{local}"):
                renamed.setdefault(target.rpartition(".")[2], []).append(local)
    todo = [
        symbol
        for symbol in classes
        if symbol.name in imperative
        or _speaks_of_tables(_definition(symbol))
        or _derives_from_a_package(project, symbol)
    ]
    for name in _made_bases(project):
        for called in (name, *renamed.get(name, ())):
            todo += children.get(called, ())
    found: dict[int, Symbol] = {}
    while todo:
        symbol = todo.pop()
        if id(symbol) not in found:
            found[id(symbol)] = symbol
            name = symbol.qualname.rpartition(".")[2]
            for called in (name, *renamed.get(name, ())):
                todo += children.get(called, ())
    yield from (symbol for symbol in classes if id(symbol) in found)


def _definition(symbol: Symbol) -> ClassSummary:
    assert isinstance(symbol.definition, ClassSummary)
    return symbol.definition


def _derives_from_a_package(project: Project, symbol: Symbol) -> bool:
    """Asked of installed packages only: for most bases that is no package at all."""
    for base in _definition(symbol).bases:
        name = project.canonical(base.name, symbol.module.name) if "." in base.name else ""
        if project.outside(name) is not None:
            return True
    return False


def _made_bases(project: Project) -> Iterator[str]:
    """``Base = declarative_base()`` is a variable; ``db.Model`` an attribute of one."""
    yield "Model"
    for module in project.modules.values():
        for variable in module.variables.values():
            if isinstance(variable.value, Call):
                if variable.value.name.rpartition(".")[2] in _BASE_FACTORIES:
                    yield variable.name


def _speaks_of_tables(definition: ClassSummary) -> bool:
    return (
        any(_BASES.search(base.name.rpartition(".")[2]) for base in definition.bases)
        or any(_DECORATORS.search(str(decorator)) for decorator in definition.decorators)
        or any(map(_is_member, definition.attributes))
    )


def _is_member(attribute: AttributeSummary) -> bool:
    if attribute.name in _TABLES:
        return True
    if isinstance(attribute.value, Call):
        if attribute.value.name.rpartition(".")[2] in _MEMBERS:
            return True
    return attribute.type is not None and attribute.type.name.endswith(_MAPPED)
