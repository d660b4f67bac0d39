"""Names followed across modules: imports, aliases, star imports, inherited members.

Every search ends: it goes no way twice, takes at most so many hops, and at most so many steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from turnstay_lint.project.lineage import linearised
from turnstay_lint.project.modules import Modules
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.source.names import UNBOUND_NAMES

_MOST_HOPS = 40
_MOST_STEPS = 2000


class Symbol(Struct, frozen=True):
    """A definition: the module that holds it, its qualified name, and what it is.

    For a module itself ``definition`` is the summary and ``qualname`` is empty.
    """

    module: ModuleSummary
    qualname: str
    definition: ClassSummary | FunctionSummary | VariableSummary | ModuleSummary

    @property
    def name(self) -> str:
        """Return the one dotted name of the definition, wherever it is re-exported."""
        return f"{self.module.name}.{self.qualname}" if self.qualname else self.module.name


class Outsider(Struct, frozen=True):
    """What the project does not define, by its dotted name, and the last variable that is it."""

    name: str
    variable: Symbol | None = None


Found = Symbol | Outsider


class _Way(Struct):
    """What a search has gone through, and how far it may still go."""

    hops: int = _MOST_HOPS
    seen: set[tuple[str, ...]] = field(default_factory=set)
    steps: list[None] = field(default_factory=list)

    def enter(self, *place: str) -> bool:
        """Note a place; False where the search has been there, or has gone too far."""
        self.steps.append(None)
        if self.hops <= 0 or place in self.seen or len(self.steps) > _MOST_STEPS:
            return False
        self.seen.add(place)
        return True

    def onward(self) -> _Way:
        """Return the way one hop further."""
        return _Way(self.hops - 1, self.seen, self.steps)

    def apart(self) -> _Way:
        """Return a way one hop further that may go where its siblings have been."""
        return _Way(self.hops - 1, set(self.seen), self.steps)


class Resolver:
    """Follows names through the modules of a project.

    Where a name leads out of the project the answer is an outsider; so is a name that the project
    should have and has not.
    """

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._traced: dict[tuple[str, str], Found] = {}
        self._asked: dict[tuple[str, str], Found] = {}

    def trace(self, dotted: str, near: str) -> Found:
        """Return what a name that is read in the module ``near`` means."""
        found = self._asked.get((dotted, near))
        if found is None:
            found = self._asked[dotted, near] = self._found(dotted, near)
        return found

    def _found(self, dotted: str, near: str) -> Found:
        if not self._modules.holds(dotted):
            return Outsider(dotted)
        key = dotted, self._modules.asker(dotted, near)
        found = self._traced.get(key)
        if found is None:
            found = self._defined(dotted, near) or self._trace(dotted, near, _Way())
            found = self._traced[key] = found or Outsider(dotted)
        return found

    def _defined(self, dotted: str, near: str) -> Symbol | None:
        """Return a class or function that is named by where it is defined, as most are."""
        begun = self._modules.beginnings(dotted, near)
        module, rest = begun[0] if begun else (None, ())
        if module is None or not rest or rest[0] in module.imports:
            return None
        qualname = ".".join(rest)
        held = module.classes.get(qualname) or module.functions.get(qualname)
        return Symbol(module, qualname, held) if held is not None else None

    def lineage(self, start: Found, outside: Callable[[str], Symbol | None]) -> list[Found]:
        """Return a class and what it derives from, in the order in which Python looks them up.

        ``outside`` is asked for the classes of installed packages. An outsider's name comes
        before its definition, if that is called otherwise.
        """

        def known(one: Found) -> Found:
            found = outside(one.name) if isinstance(one, Outsider) else None
            return found if found is not None and found.name == one.name else one

        def bases(one: Found) -> list[Found]:
            if isinstance(one, Symbol):
                return [known(base) for base in self._bases(one, _Way())]
            found = outside(one.name)
            return [found] if found is not None else []

        return linearised(known(start), bases, _name)

    def _bases(self, symbol: Symbol, way: _Way) -> Iterator[Found]:
        definition = symbol.definition
        if not isinstance(definition, ClassSummary):
            if isinstance(definition, VariableSummary) and isinstance(definition.value, Call):
                if definition.value.subscript:  # ``AccountRepository = Repository[Account]``
                    yield self._seen_from(symbol, definition.value.name, way)
            return
        for base in definition.bases:
            if base.name not in ("?", "|", "()"):
                yield self._seen_from(symbol, base.name, way)

    def _seen_from(self, symbol: Symbol, dotted: str, way: _Way) -> Found:
        """A class of an installed package knows nothing of the project."""
        if self._modules.by_name.get(symbol.module.name) is not symbol.module:
            return Outsider(dotted)
        return self._trace(dotted, symbol.module.name, way.apart()) or Outsider(dotted)

    def _trace(self, dotted: str, near: str, way: _Way) -> Found | None:
        """Return a definition, an outsider, or None: there is no such name in the project."""
        begun, outsider = False, None
        for module, rest in self._modules.beginnings(dotted, near):
            found = self._within(module, rest, way) if rest else self._itself(module, way)
            if isinstance(found, Symbol):
                return found
            begun, outsider = True, outsider or found
        return outsider if begun else Outsider(dotted)

    def _itself(self, module: ModuleSummary, way: _Way) -> Found:
        """A package may bind the name of its submodule to what it imports from there."""
        package, _, last = module.name.rpartition(".")
        above = self._modules.by_name.get(package)
        if above is not None and above.is_package and way.enter(module.name):
            if last in above.imports or last in above.variables or last in above.functions:
                found = self._within(above, (last,), way.onward())
                if isinstance(found, Symbol):
                    return found
        return Symbol(module, "", module)

    def _within(self, module: ModuleSummary, rest: tuple[str, ...], way: _Way) -> Found | None:
        """Return what a module means by a name, None where it says nothing of it."""
        if not way.enter(module.name, *rest):
            return None
        imported = module.imports.get(rest[0])
        if imported is not None:
            return self._trace(".".join([imported, *rest[1:]]), module.name, way.onward())
        qualname = ".".join(rest)
        variable = module.variables.get(qualname)
        found = module.classes.get(qualname) or module.functions.get(qualname) or variable
        if found is not None:
            symbol = Symbol(module, qualname, found)
            return self._aliased(symbol, way) if found is variable else symbol
        if len(rest) > 1:
            first = rest[0]
            if first not in module.classes and first not in module.variables:
                if first not in module.functions and not module.stars:
                    return None
            return self._member(module, rest, way.onward())
        return self._starred(module, rest[0], way.onward())

    def _aliased(self, symbol: Symbol, way: _Way) -> Found:
        value = getattr(symbol.definition, "value", None)
        if not isinstance(value, Name):
            return symbol
        found = self._trace(value.name, symbol.module.name, way.onward())
        if isinstance(found, Outsider):
            return Outsider(found.name, found.variable or symbol)
        return found or symbol

    def _member(self, module: ModuleSummary, rest: tuple[str, ...], way: _Way) -> Found | None:
        """``Access.get_account`` may be defined in a base class of ``Access``."""
        last = rest[-1]
        owner = self._within(module, rest[:-1], way)
        if isinstance(owner, Outsider):
            return Outsider(f"{owner.name}.{last}")
        if owner is None or isinstance(owner.definition, ModuleSummary):
            return self._within(owner.module, (last,), way) if owner is not None else None
        if not isinstance(owner.definition, ClassSummary):
            return None

        def bases(one: Found) -> list[Found]:
            return list(self._bases(one, way)) if isinstance(one, Symbol) else []

        start: Found = owner
        for ancestor in linearised(start, bases, _name):
            if isinstance(ancestor, Symbol):
                qualname = f"{ancestor.qualname}.{last}"
                held = ancestor.module.classes.get(qualname)
                found = held or ancestor.module.functions.get(qualname)
                if found is not None:
                    return Symbol(ancestor.module, qualname, found)
        return None

    def _starred(self, module: ModuleSummary, name: str, way: _Way) -> Found | None:
        """The last star import that has the name counts; of one outsider all is believed."""
        outsiders = []
        for star in reversed(module.stars):
            origin = self._modules.meant(star, module.name)
            if origin is None:
                outsiders.append(star)
            elif _exports(origin, name):
                found = self._trace(f"{star}.{name}", module.name, way)
                if found is not None:
                    return found
        meant = UNBOUND_NAMES.get(name, "")
        if any(meant.startswith(f"{star.partition('.')[0]}.") for star in outsiders):
            return Outsider(meant)
        believed = len(outsiders) == 1 and not name.startswith("_")
        return Outsider(f"{outsiders[0]}.{name}") if believed else None


def _exports(module: ModuleSummary, name: str) -> bool:
    return not name.startswith("_") if module.exports is None else name in module.exports


def _name(one: Found) -> str:
    return one.name
