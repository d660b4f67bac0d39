"""What SQLAlchemy calls the things that a service names in ways of its own."""

from __future__ import annotations

from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.types import Type

_MAPPED = frozenset({"Mapped", "DynamicMapped", "WriteOnlyMapped"})
_LIBRARIES = ("sqlalchemy", "sqlmodel", "advanced_alchemy")
_EXTENSION_OBJECTS = frozenset({"SQLAlchemy", "registry"})


def sqlalchemy_name(project: Project, dotted: str, near: str) -> str:
    """Return what SQLAlchemy calls a thing (``mapped_column``), empty for what is not of it.

    ``db.Column`` of a ``db = SQLAlchemy()`` and ``reg.mapped`` of a ``reg = registry()`` are.
    """
    head, _, last = dotted.rpartition(".")
    if dotted.startswith(_LIBRARIES):
        return last
    canonical = project.canonical(dotted, near)
    if canonical.startswith((*_LIBRARIES, "flask_sqlalchemy")):
        return canonical.rpartition(".")[2]
    owner = project.find(head, near) if head else None
    if owner is not None and isinstance(owner.definition, VariableSummary):
        made = owner.definition.value
        if isinstance(made, Call) and made.name.rpartition(".")[2] in _EXTENSION_OBJECTS:
            return last
    return ""


def mapped_type(project: Project, type_: Type | None, near: str) -> Type | None:
    """Return what ``Mapped[...]`` holds, or None for another annotation."""
    if type_ is None or not type_.arguments:
        return None
    if sqlalchemy_name(project, type_.name, near) in _MAPPED:
        return type_.arguments[0]
    return None
