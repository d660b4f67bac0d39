"""Loader options: which relationships a query is told to load, and what it cannot be seen to load.

https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html. An option that keeps something
from loading (``lazyload``, ``noload``, ``raiseload``) is counted as one that may load it: nothing
is reported of what somebody has taken in hand.
"""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.values import (
    Collection,
    Column,
    Condition,
    Constant,
    LoaderOption,
    Path,
    Sql,
    Value,
)

_LOADING = frozenset(
    {
        "contains_eager", "immediateload", "joinedload", "lazyload", "noload", "raiseload",
        "selectinload", "subqueryload",
    }
)  # fmt: skip
_COLUMNS = frozenset(
    {
        "defer", "load_only", "selectin_polymorphic", "undefer", "undefer_group",
        "with_expression",
    }
)  # fmt: skip
LOADER_OPTIONS = _LOADING | _COLUMNS | {"Load", "defaultload"}
"""The functions and methods that make loader options."""
ANYTHING = frozenset({("*",)})


def loader_option(name: str, given: Given) -> LoaderOption:
    """Return what a function of that name gives."""
    return option_method(LoaderOption(), name, given)


def option_method(option: LoaderOption, name: str, given: Given) -> LoaderOption:
    """Return what a method of a loader option gives: one that goes a step further."""
    if name in _COLUMNS or name == "Load":
        return option
    if name == "options":
        inner = frozenset((*option.path, *path) for path in loads_of(given.positional))
        return replace(option, loads=option.loads | inner)
    if name not in _LOADING and name != "defaultload":
        return replace(option, loads=option.loads | ANYTHING)
    for value in given.positional:
        step = _relationship(value)
        path = (*option.path, step)
        loads = option.loads if name == "defaultload" and step != "*" else option.loads | {path}
        option = LoaderOption(path, loads)
    return option


def _relationship(value: Value) -> str:
    match value:
        case Column(name=name) | Path(column=Column(name=name)):
            return name
        case Constant(value=str(name)):
            return name
    return "*"


def loads_of(values: tuple[Value, ...]) -> frozenset[tuple[str, ...]]:
    """Return the paths that the options of a query load; ``("*",)`` where one cannot be read."""
    found: frozenset[tuple[str, ...]] = frozenset()
    for value in values:
        match value:
            case LoaderOption(loads=loads):
                found |= loads
            case Condition() | Sql():
                pass
            case Collection(items=items):
                found |= loads_of(items)
            case _:
                found |= ANYTHING
    return found
