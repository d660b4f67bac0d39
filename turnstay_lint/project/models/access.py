"""The tenant-scoped access class: which getter gives which model, one or many (handbook 3).

``CompanyAccess`` in the handbook; the class and the dependency that gives it are named in the
settings. A getter says what it returns by its annotation, or by that of the helper it calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from msgspec import Struct, field

from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, Parameter
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import Type

_MANY = frozenset({"list", "Sequence", "set", "Iterable", "Collection", "tuple", "ScalarResult"})
_EXCEPTIONS = frozenset({"fastapi.HTTPException", "starlette.exceptions.HTTPException"})
_MOST_HELPERS = 4


class Absence(Enum):
    """What a getter does when there is no such row."""

    NOT_FOUND = "raises 404"
    NONE = "returns None"
    UNKNOWN = "unknown"


class Getter(Struct, frozen=True):
    """A method of the access class that gives instances of one model.

    ``required`` are the parameters that a call must give, ``self`` left out.
    """

    name: str
    model: str
    many: bool
    absence: Absence
    required: tuple[Parameter, ...]
    optional: tuple[Parameter, ...]
    is_async: bool
    path: str
    span: Span

    @property
    def takes_only_id(self) -> bool:
        """Tell whether one id, and nothing else, must be given."""
        return len(self.required) == 1 and self.required[0].kind == "positional"


class AccessClass(Struct, frozen=True):
    """The access class of a service; ``getters`` by method name, inherited ones included.

    ``restricts_accounts`` says that it keeps the accounts that the user may see.
    """

    name: str
    module: str
    path: str
    span: Span
    getters: Mapping[str, Getter] = field(default_factory=dict)
    restricts_accounts: bool = False

    def getter(self, model: str, many: bool) -> Getter | None:
        """Return the getter of one or many of a model that needs the least, or None."""
        found = [g for g in self.getters.values() if g.model == model and g.many == many]
        fitting = [g for g in found if len(g.required) == (0 if many else 1)]
        return min(fitting, key=lambda g: (len(g.optional), len(g.name)), default=None)

    def any_getter(self, model: str) -> Getter | None:
        """Return some getter of a model, for what a message points to."""
        return self.getter(model, many=False) or self.getter(model, many=True)


def access_class(project: Project) -> str:
    """Return the canonical name of the access class, empty where there is none."""
    found = access(project)
    return found.name if found is not None else ""


@project_fact
def access(project: Project) -> AccessClass | None:
    """Return the access class of a service, or None where it has none, or several of that name."""
    wanted = project.settings.access_class
    symbol = project.find(wanted) if "." in wanted else None
    symbol = symbol or project.class_named(wanted.rpartition(".")[2])
    if symbol is None or not isinstance(symbol.definition, ClassSummary):
        return None
    getters: dict[str, Getter] = {}
    restricts = False
    for owner in _lineage(project, symbol):
        assert isinstance(owner.definition, ClassSummary)
        for name in owner.definition.methods:
            method = owner.module.functions.get(f"{owner.qualname}.{name}")
            if method is None:
                continue
            if name == "__init__":
                restricts |= any(p.name.startswith("allowed_") for p in method.parameters)
            elif not name.startswith("_") and name not in getters:
                for getter in _getters(project, owner, name, method):
                    getters[name] = getter
    return AccessClass(
        symbol.name,
        symbol.module.name,
        symbol.module.path,
        symbol.definition.span,
        getters,
        restricts,
    )


def _lineage(project: Project, symbol: Symbol) -> Iterator[Symbol]:
    for name in project.ancestors(symbol.name, symbol.module.name):
        found = project.find(name, symbol.module.name)
        if found is not None and isinstance(found.definition, ClassSummary):
            yield found


def _getters(
    project: Project, owner: Symbol, name: str, method: FunctionSummary
) -> Iterator[Getter]:
    kind = _returned(project, method, owner.module.name, _MOST_HELPERS)
    if kind is None:
        return
    model, many, optional = kind
    parameters = [p for p in method.parameters if p.kind in ("positional", "keyword")][1:]
    yield Getter(
        name=name,
        model=model,
        many=many,
        absence=_absence(project, method, owner.module.name, many or optional),
        required=tuple(p for p in parameters if p.default is None),
        optional=tuple(p for p in parameters if p.default is not None),
        is_async=method.is_async,
        path=owner.module.path,
        span=method.span,
    )


def _returned(
    project: Project, function: FunctionSummary, near: str, hops: int
) -> tuple[str, bool, bool] | None:
    """Return model, whether many, and whether None may come back; None for anything else."""
    if function.returns.name != "?":
        return returned_model(project, function.returns, near)
    found = {
        kind
        for helper, where in _helpers(project, function, near)
        if hops and (kind := _returned(project, helper, where, hops - 1)) is not None
    }
    return found.pop() if len(found) == 1 else None


def returned_model(project: Project, type_: Type, near: str) -> tuple[str, bool, bool] | None:
    """Return the ORM class in a return annotation, whether many, and whether None is possible."""
    plain = type_.without_none
    optional = plain != type_
    last = plain.name.rpartition(".")[2]
    if plain.arguments and last in ("Awaitable", "Coroutine"):
        return returned_model(project, plain.arguments[-1], near)
    many = last in _MANY and bool(plain.arguments)
    inner = plain.arguments[0] if many else plain
    model = orm_class(project, inner.name, near) if inner.name not in ("?", "|") else None
    if model is None or inner.arguments:
        return None
    return model.name, many, optional


def _helpers(
    project: Project, function: FunctionSummary, near: str
) -> Iterator[tuple[FunctionSummary, str]]:
    for called in sorted(function.calls):
        symbol = project.find(called, near) if not called.startswith("<") else None
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            yield symbol.definition, symbol.module.name


def _absence(project: Project, method: FunctionSummary, near: str, may_be_none: bool) -> Absence:
    if may_be_none:
        return Absence.NONE
    if _raises(project, method, near, _MOST_HELPERS):
        return Absence.NOT_FOUND
    return Absence.UNKNOWN


def _raises(project: Project, function: FunctionSummary, near: str, hops: int) -> bool:
    if any(project.canonical(called, near) in _EXCEPTIONS for called in function.calls):
        return True
    return hops > 0 and any(
        _raises(project, helper, where, hops - 1)
        for helper, where in _helpers(project, function, near)
    )
