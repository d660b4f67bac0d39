"""Relationships of a mapped class: their target, and whether they hold one object or many."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.project.models.orm_names import mapped_type
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import AttributeSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name, Value
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import Type

RELATIONSHIPS = frozenset({"relationship", "Relationship", "dynamic_loader"})
"""What a relationship is called in SQLAlchemy and SQLModel."""
_CONTAINERS = frozenset(
    {"list", "set", "List", "Set", "Sequence", "Collection", "Iterable", "AppenderQuery", "dict"}
)


class OrmRelationship(Struct, frozen=True):
    """A relationship by its attribute; ``target`` is the canonical name of a class, or empty.

    ``many`` says whether it holds a collection, None where nothing says it. ``call`` is the call
    as written, for its keywords (``lazy``, ``back_populates``, ``join_depth``); ``annotated`` what
    wraps its type: ``Mapped``, ``DynamicMapped``, ``WriteOnlyMapped``.
    """

    name: str
    module: str
    path: str
    span: Span
    target: str = ""
    many: bool | None = None
    call: Call | None = None
    annotated: str = ""

    def keyword(self, name: str) -> Value | None:
        """Return a keyword of the call, SQLModel's ``sa_relationship_kwargs`` included."""
        if self.call is None:
            return None
        found = self.call.keyword(name)
        further = self.call.keyword("sa_relationship_kwargs")
        if found is None and isinstance(further, Items):
            for pair in further.items:
                if isinstance(pair, Items) and pair.items[:1] == (Literal(name),):
                    return pair.items[1]
        return found

    def text(self, name: str) -> str:
        """Return a keyword that is a string (``back_populates``), or an empty one."""
        value = self.keyword(name)
        return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""

    @property
    def has_secondary(self) -> bool:
        """Tell whether a third table lies between, so that the target holds no foreign key."""
        return any(self.keyword(name) is not None for name in ("secondary", "link_model"))


def read_relationship(
    project: Project, owner: Symbol, attribute: AttributeSummary, call: Call
) -> OrmRelationship:
    """Return what an attribute says whose value is a call of ``relationship``."""
    near = owner.module.name
    annotated = mapped_type(project, attribute.type, near) or attribute.type
    container, target_type = _contained(annotated)
    said = call.arguments[0] if call.arguments else call.keyword("argument")
    target = _target(project, said, near)
    if not target and target_type is not None and target_type.known:
        target = _class_name(project, target_type.name, near)
    if not target and attribute.unbound:
        target = _class_name(project, attribute.unbound[-1], near)
    uselist = call.keyword("uselist")
    many = uselist.value is True if isinstance(uselist, Literal) else container
    wrapper = attribute.type.name.rpartition(".")[2] if attribute.type is not None else ""
    return OrmRelationship(
        attribute.name, near, owner.module.path, attribute.span, target, many, call, wrapper
    )


def _contained(type_: Type | None) -> tuple[bool | None, Type | None]:
    """Return whether an annotation is of a collection, and of what."""
    if type_ is None:
        return None, None
    plain = type_.without_none
    if plain.name.rpartition(".")[2] in _CONTAINERS and plain.arguments:
        return True, plain.arguments[-1]
    return False, plain


def _target(project: Project, value: Value | None, near: str) -> str:
    if isinstance(value, Name):
        return _class_name(project, value.name, near)
    if isinstance(value, Literal) and isinstance(value.value, str):
        return _class_name(project, value.value, near)
    return ""


def _class_name(project: Project, name: str, near: str) -> str:
    """SQLAlchemy finds a class by its bare name, wherever it is declared."""
    for dotted in (f"{near}.{name}", name):
        symbol = project.find(dotted, near)
        if symbol is not None and symbol.qualname:
            return symbol.name
    found = project.class_named(name.rpartition(".")[2])
    return found.name if found is not None else ""
