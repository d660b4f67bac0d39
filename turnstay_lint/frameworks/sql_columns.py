"""Columns and constraints as PostgreSQL's parser gives them, read as a revision's own are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from turnstay_lint.frameworks.alembic.changes import Column, Part
from turnstay_lint.frameworks.alembic.rewriting import (
    IDENTITY,
    SERIAL,
    STORED,
    volatile_default,
)
from turnstay_lint.source.patterns import regex

FILLER = "turnstay_hole"
_KINDS = {
    "CONSTR_UNIQUE": "unique",
    "CONSTR_FOREIGN": "foreignkey",
    "CONSTR_PRIMARY": "primary",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclude",
}
_SERIAL = regex(r"(?:big|small)?serial[248]?")
Node = Mapping[str, Any]


def known(name: str | None) -> str | None:
    """Return a name, None where something that could not be read stands in it."""
    return None if name is None or FILLER in name else name


def constraint_of(alteration: Node) -> Part:
    """Return the constraint that an ALTER TABLE adds."""
    constraint = alteration["def"]["Constraint"]
    kind = _KINDS.get(constraint["contype"], "constraint")
    keys = constraint.get("fk_attrs" if kind == "foreignkey" else "keys", ())
    columns = tuple(key["String"]["sval"] for key in keys) or None
    return Part(kind, known(constraint.get("conname")), True, columns, True)


def column_of(definition: Node) -> Column:
    """Return the column that a CREATE TABLE or ADD COLUMN defines."""
    constraints = [c["Constraint"] for c in definition.get("constraints", ())]
    kinds = {constraint["contype"] for constraint in constraints}
    primary_key = "CONSTR_PRIMARY" in kinds
    return Column(
        name=known(definition.get("colname")),
        nullable=not (primary_key or "CONSTR_NOTNULL" in kinds),
        filled=_is_serial(definition) or any(_fills(constraint) for constraint in constraints),
        primary_key=primary_key,
        rewrites=_rewriting(definition, constraints),
    )


def _rewriting(definition: Node, constraints: list[Node]) -> str:
    for constraint in constraints:
        match constraint["contype"]:
            case "CONSTR_IDENTITY":
                return IDENTITY
            case "CONSTR_GENERATED" if constraint.get("generated_kind", "s") == "s":
                return STORED
            case "CONSTR_DEFAULT":
                called = _called(constraint.get("raw_expr", {}))
                said = next(filter(None, map(volatile_default, called)), "")
                if said:
                    return said
    return SERIAL if _is_serial(definition) else ""


def _called(node: object) -> Iterator[str]:
    """Yield the names of the functions that an expression calls."""
    if isinstance(node, Mapping):
        if "FuncCall" in node:
            yield node["FuncCall"]["funcname"][-1]["String"]["sval"]
        for inner in node.values():
            yield from _called(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _called(inner)


def _is_serial(definition: Node) -> bool:
    names = definition.get("typeName", {}).get("names", ())
    return bool(names) and bool(_SERIAL.fullmatch(names[-1].get("String", {}).get("sval", "")))


def _fills(constraint: Node) -> bool:
    match constraint["contype"]:
        case "CONSTR_IDENTITY" | "CONSTR_GENERATED":
            return True
        case "CONSTR_DEFAULT":
            return not _is_null(constraint.get("raw_expr", {}))
    return False


def _is_null(expression: Node) -> bool:
    if "TypeCast" in expression:
        return _is_null(expression["TypeCast"]["arg"])
    return bool(expression.get("A_Const", {}).get("isnull"))
