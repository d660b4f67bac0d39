"""All files of a service together: names followed across modules to what defines them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar, cast

from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.project.values import Name
from turnstay_lint.source.types import Type

Result = TypeVar("Result")
P = ParamSpec("P")
_MOST_HOPS = 20
_FRAMEWORKS = frozenset({"sqlalchemy", "sqlmodel", "alembic", "fastapi", "starlette", "pydantic"})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition in the project: the module that holds it, its qualified name, and what it is.

    For a module itself ``definition`` is the summary and ``qualname`` is empty.
    """

    module: ModuleSummary
    qualname: str
    definition: ClassSummary | FunctionSummary | VariableSummary | ModuleSummary

    @property
    def name(self) -> str:
        """Return the one dotted name of the definition, wherever it is re-exported."""
        return f"{self.module.name}.{self.qualname}" if self.qualname else self.module.name


class Project:
    """The summaries of a service, joined. It is made once and not changed; ``with_module`` copies."""

    def __init__(self, summaries: Iterable[ModuleSummary], settings: Settings | None = None):
        """Join the summaries; where two files have one module name, the first is kept."""
        self.settings = settings or Settings()
        self.modules: dict[str, ModuleSummary] = {}
        for summary in summaries:
            self.modules.setdefault(summary.name, summary)
        self._endings: dict[str, list[str]] = {}
        for name in self.modules:
            parts = name.split(".")
            for start in range(len(parts)):
                self._endings.setdefault(".".join(parts[start:]), []).append(name)
        self._kept: dict[str, object] = {}

    def with_module(self, summary: ModuleSummary) -> Project:
        """Return a project in which ``summary`` stands for what its module was before."""
        modules: Mapping[str, ModuleSummary] = {**self.modules, summary.name: summary}
        return Project(modules.values(), self.settings)

    def module(self, dotted: str, near: str = "") -> ModuleSummary | None:
        """Return the module that ``import dotted`` means in the module ``near``.

        A repository may hold several services with one root package each; the one whose name
        shares most with ``near`` is meant. None when it is no module of the project, or when
        several are as near as each other.
        """
        exact = self.modules.get(dotted)
        if exact is not None and (not near or len(self._endings[dotted]) == 1):
            return exact
        candidates = self._endings.get(dotted, [])
        if len(candidates) > 1:
            return self._nearest(candidates, near)
        return self.modules[candidates[0]] if candidates else None

    def _nearest(self, candidates: list[str], near: str) -> ModuleSummary | None:
        ranked = sorted(candidates, key=lambda name: _shared(name, near), reverse=True)
        if _shared(ranked[0], near) == _shared(ranked[1], near):
            exact = [name for name in candidates if name.count(".") == min(n.count(".") for n in candidates)]
            return self.modules[exact[0]] if len(exact) == 1 else None
        return self.modules[ranked[0]]

    def find(self, dotted: str, near: str = "") -> Symbol | None:
        """Return what a dotted name means, through re-exports and star imports.

        ``near`` is the name of the module in which it is read. None for what the project does not
        define.
        """
        return self._find(dotted, near, _MOST_HOPS)

    def _find(self, dotted: str, near: str, hops: int) -> Symbol | None:
        if hops == 0:
            return None
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:length]), near)
            if module is not None:
                return self._within(module, parts[length:], hops)
        return None

    def _within(self, module: ModuleSummary, rest: list[str], hops: int) -> Symbol | None:
        if not rest:
            return Symbol(module, "", module)
        qualname = ".".join(rest)
        found = (
            module.classes.get(qualname)
            or module.functions.get(qualname)
            or module.variables.get(qualname)
        )
        if isinstance(found, VariableSummary) and isinstance(found.value, Name):
            aliased = self._find(found.value.name, module.name, hops - 1)
            if aliased is not None and aliased.name != f"{module.name}.{qualname}":
                return aliased
        if found is not None:
            return Symbol(module, qualname, found)
        imported = module.imports.get(rest[0])
        if imported is not None:
            return self._find(".".join([imported, *rest[1:]]), module.name, hops - 1)
        for star in module.stars:
            through = self._find(f"{star}.{qualname}", module.name, hops - 1)
            if through is not None:
                return through
        return self._inherited(module, rest, hops)

    def _inherited(self, module: ModuleSummary, rest: list[str], hops: int) -> Symbol | None:
        """``Access.get_account`` may be defined in a base class of ``Access``."""
        if len(rest) < 2:
            return None
        owner = module.classes.get(".".join(rest[:-1]))
        for base in owner.bases if owner is not None else ():
            found = self._find(f"{base.name}.{rest[-1]}", module.name, hops - 1)
            if found is not None:
                return found
        return None

    def canonical(self, dotted: str, near: str = "") -> str:
        """Return the one name of what ``dotted`` means; an outsider's name is followed out.

        A name that the project re-exports from an installed package is that package's name.
        """
        symbol = self.find(dotted, near)
        if symbol is not None:
            return symbol.name
        return self._outside(dotted, near, _MOST_HOPS)

    def _outside(self, dotted: str, near: str, hops: int) -> str:
        head, _, last = dotted.rpartition(".")
        module = self.module(head, near) if head else None
        if module is None or hops == 0 or last not in module.imports:
            return dotted
        return self._outside(module.imports[last], module.name, hops - 1)

    def ancestors(self, dotted: str, near: str = "") -> Iterator[str]:
        """Yield the canonical names of a class and all its bases, nearest first, once each."""
        seen: set[str] = set()
        todo = [(dotted, near)]
        while todo:
            name, where = todo.pop(0)
            symbol = self.find(name, where)
            canonical = symbol.name if symbol else self._outside(name, where, _MOST_HOPS)
            if canonical in seen:
                continue
            seen.add(canonical)
            yield canonical
            if symbol is not None and isinstance(symbol.definition, ClassSummary):
                todo.extend((base.name, symbol.module.name) for base in symbol.definition.bases)

    def derives(self, dotted: str, near: str, *bases: str) -> bool:
        """Tell whether a class is one of ``bases`` (canonical names) or derives from one."""
        return any(name in bases for name in self.ancestors(dotted, near))

    def classes(self) -> Iterator[Symbol]:
        """Yield every class of the project."""
        for module in self.modules.values():
            for qualname, definition in module.classes.items():
                yield Symbol(module, qualname, definition)

    def class_named(self, name: str) -> Symbol | None:
        """Return the only class of that bare name, for names that nothing binds; else None."""
        named = self.remembered("classes by name", self._classes_by_name).get(name, [])
        return named[0] if len(named) == 1 else None

    def _classes_by_name(self) -> dict[str, list[Symbol]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.classes():
            found.setdefault(symbol.qualname.rpartition(".")[2], []).append(symbol)
        return found

    @property
    def aliases(self) -> frozenset[str]:
        """Return the names under which modules import a thing that is called otherwise.

        A file that says only ``rel`` may mean ``relationship``, if another module named it so.
        """
        return self.remembered("aliases", self._find_aliases)

    def _find_aliases(self) -> frozenset[str]:
        """An alias matters beyond its own file only where another file imports it by that name."""
        renamed = {
            local
            for module in self.modules.values()
            for local, target in module.imports.items()
            if target.partition(".")[0] in _FRAMEWORKS and not target.endswith(f".{local}")
        }
        asked_for = {
            target.rpartition(".")[2]
            for module in self.modules.values()
            for target in module.imports.values()
            if target.partition(".")[0] not in _FRAMEWORKS
        }
        return frozenset(renamed & asked_for)

    def canonical_type(self, type_: Type, near: str) -> Type:
        """Return a type with every name in it made canonical."""
        arguments = tuple(self.canonical_type(argument, near) for argument in type_.arguments)
        return Type(self.canonical(type_.name, near), arguments)

    def remembered(self, key: str, make: Callable[[], Result]) -> Result:
        """Return what ``make`` gives, made once a project and kept under ``key``."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(Result, self._kept[key])


def project_fact(
    build: Callable[Concatenate[Project, P], Result],
) -> Callable[Concatenate[Project, P], Result]:
    """Let a function of the project (and hashable arguments) be computed once for each project."""

    def remembered(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        key = f"{build.__module__}.{build.__qualname__}{args or ''}{kwargs or ''}"
        return project.remembered(key, lambda: build(project, *args, **kwargs))

    remembered.__doc__ = build.__doc__
    remembered.__name__ = build.__name__
    return remembered


def _shared(one: str, other: str) -> int:
    """Count the leading parts that two dotted names share."""
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count
