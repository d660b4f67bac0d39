"""Whether a class is mapped: what it derives from, and what that says.

A class is mapped when it derives from a declarative base, or when it names its table or declares
columns and its base is not of the project, so that nothing says that it is a mixin.
"""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.project.models.columns import read_member
from turnstay_lint.project.models.orm_names import sqlalchemy_name
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Literal, Name

_BASES = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "AutomapBase"})
_DECLARATIVE = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
"""What derives from these itself is a base, whatever it says of tables."""
_BASE_FACTORIES = frozenset({"declarative_base", "automap_base", "generate_base", "SQLAlchemy"})
_BASE_DECORATORS = frozenset({"as_declarative", "as_declarative_base"})
_MAPPING_DECORATORS = frozenset({"mapped", "mapped_as_dataclass"})
SQLMODEL = "sqlmodel.SQLModel"
_NEVER_BASES = frozenset(
    {
        "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol",
        "sqlalchemy.orm.MappedAsDataclass", "sqlalchemy.ext.asyncio.AsyncAttrs",
    }
)  # fmt: skip


class Lineage(Struct, frozen=True):
    """A class and what it derives from: project classes, itself first, and names of outsiders.

    A base that is a variable made by ``declarative_base()`` is named as ``DeclarativeBase``.
    """

    classes: tuple[Symbol, ...]
    outside: tuple[str, ...]


def lineage_of(project: Project, symbol: Symbol) -> Lineage:
    """Return a class with all that it derives from, nearest first."""
    classes: dict[str, Symbol] = {}
    outside: list[str] = []
    todo: list[Symbol] = [symbol]
    while todo:
        here = todo.pop(0)
        if here.name in classes or not isinstance(here.definition, ClassSummary):
            continue
        classes[here.name] = here
        for base in here.definition.bases:
            found = _base(project, base.name, here.module.name)
            if isinstance(found, str):
                outside.append(found)
            elif isinstance(found.definition, VariableSummary):
                outside.append(_made_base(project, found))
            else:
                todo.append(found)
    return Lineage(tuple(classes.values()), tuple(outside))


def _base(project: Project, name: str, near: str, most: int = 8) -> Symbol | str:
    """Return the class or variable that a base is, wherever it is defined, else its name."""
    found = project.find(name, near) if name != "?" else None
    value = getattr(found.definition, "value", None) if found is not None else None
    if found is None or isinstance(value, Name):
        name = project.canonical(name, near)
        found = project.outside(name)
    elif isinstance(value, Call) and value.subscript:  # ``Owned = OwnedBy[Company]``
        return _base(project, value.name, found.module.name, most - 1) if most else name
    held = ClassSummary | VariableSummary
    return found if found is not None and isinstance(found.definition, held) else name


def _made_base(project: Project, symbol: Symbol) -> str:
    """``Base = declarative_base()`` is a declarative base; another variable is unknown."""
    assert isinstance(symbol.definition, VariableSummary)
    value = symbol.definition.value
    if isinstance(value, Call):
        made = sqlalchemy_name(project, value.name, symbol.module.name)
        if made in _BASE_FACTORIES:
            return "sqlalchemy.orm.DeclarativeBase"
    return "?"


def _is_base_class(project: Project, name: str, near: str) -> bool:
    """``db.Model`` of flask-sqlalchemy is a base too."""
    last = sqlalchemy_name(project, name, near)
    return last in _BASES or (last == "Model" and not name.startswith("sqlalchemy."))


def is_mapped(project: Project, lineage: Lineage, imperative: bool) -> bool:
    """Tell whether a class is mapped; ``imperative`` when a call somewhere maps it."""
    own = lineage.classes[0]
    definition = own.definition
    assert isinstance(definition, ClassSummary)
    abstract = definition.attribute("__abstract__")
    if abstract is not None and abstract.value == Literal(True):
        return False
    if imperative or _decorated(project, own, _MAPPING_DECORATORS):
        return True
    if SQLMODEL in lineage.outside:
        return ("table", Literal(True)) in definition.keywords
    bases = [base.name for base in definition.bases]
    for name in lineage.outside:
        if _is_base_class(project, name, own.module.name):
            direct = {project.canonical(base, own.module.name) for base in bases}
            if name in direct and name in _DECLARATIVE:
                return False
            return name not in direct or names_table(lineage) or _made(project, own)
    if any(_decorated(project, parent, _BASE_DECORATORS) for parent in lineage.classes[1:]):
        return True
    if "typing.Protocol" in lineage.outside:
        return False
    if names_table(lineage):
        return bool(bases)
    return any(map(_may_be_base, lineage.outside)) and _declares_columns(project, lineage)


def _may_be_base(name: str) -> bool:
    """Of a base outside the project nothing is known, but that a mixin is none."""
    known = ("pydantic", "builtins", "typing", "enum", "dataclasses")
    return not (
        name in _NEVER_BASES
        or name.partition(".")[0] in known
        or name.endswith(("Mixin", "Nullable"))
    )


def _made(project: Project, own: Symbol) -> bool:
    """A child of ``declarative_base()`` is a model, a child of ``DeclarativeBase`` the base."""
    assert isinstance(own.definition, ClassSummary)
    for base in own.definition.bases:
        found = _base(project, base.name, own.module.name)
        if not isinstance(found, str) and isinstance(found.definition, VariableSummary):
            return True
        if isinstance(found, str) and base.name.rpartition(".")[2] == "Model":
            return True
    return False


def _decorated(project: Project, symbol: Symbol, names: frozenset[str]) -> bool:
    assert isinstance(symbol.definition, ClassSummary)
    return any(
        isinstance(decorator, Call | Name)
        and sqlalchemy_name(project, decorator.name, symbol.module.name) in names
        for decorator in symbol.definition.decorators
    )


def names_table(lineage: Lineage) -> bool:
    """Tell whether the class itself says its table."""
    own = lineage.classes[0].definition
    assert isinstance(own, ClassSummary)
    return any(own.attribute(name) is not None for name in ("__tablename__", "__table__"))


def _declares_columns(project: Project, lineage: Lineage) -> bool:
    own = lineage.classes[0]
    assert isinstance(own.definition, ClassSummary)
    return any(
        read_member(project, own, attribute, sqlmodel=False) is not None
        for attribute in own.definition.attributes
    )


def is_known_base(project: Project, name: str, symbol: Symbol) -> bool:
    """Tell whether a base outside the project is known to declare no columns."""
    return (
        name in _NEVER_BASES
        or name == SQLMODEL
        or _is_base_class(project, name, symbol.module.name)
    )
