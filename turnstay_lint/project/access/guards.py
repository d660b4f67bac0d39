"""Which guards protect a route: the graph of what FastAPI calls before it, followed to the end.

A guard turns callers away: the handbook's own by name (``guards`` in the configuration), and what
can be seen to raise 401 or 403. Dependencies are followed through routers and inclusions, classes,
``Annotated`` aliases, ``Security``, ``partial``, factories, and dependencies of dependencies;
https://fastapi.tiangolo.com/tutorial/dependencies/ has their forms. What cannot be followed may
refuse, and is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.access.factories import given_by
from turnstay_lint.project.access.gatekeepers import turns_strangers_away
from turnstay_lint.project.access.guarding import (
    OPEN_GUARD,
    UNKNOWN_GUARD,
    Bodies,
    Guard,
    joined,
    may_refuse,
)
from turnstay_lint.project.access.refusals import Guarding, body_of
from turnstay_lint.project.endpoints.routes import Asked, RouteFact
from turnstay_lint.project.meanings import class_made, methods_meant
from turnstay_lint.project.modules import is_known
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.depending import demanded_in
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    FunctionSummary,
    Parameter,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import UNKNOWN, Call, Items, Literal, Name, Value

DEPENDS = frozenset(
    f"fastapi.{place}{name}"
    for place in ("", "params.", "param_functions.")
    for name in ("Depends", "Security")
)
_PARTIAL = "functools.partial"
_SCHEMES = "fastapi.security."
_MOST_DEPTH = 12


class Guards:
    """The guards of one service; each dependency is followed once."""

    def __init__(self, project: Project) -> None:
        """Tell it of a service."""
        self._project = project
        self.bodies = Bodies(project)
        self._known: dict[str, Guard] = {}
        self._asked: dict[int, tuple[Asked, Guard]] = {}
        self._taken: dict[tuple[Parameter, str], Guard] = {}

    def of_route(self, route: RouteFact) -> Guard:
        """Return what stands before a route; unknown where the way to it is not seen whole."""
        found = [] if route.whole and not turns_strangers_away(self._project) else [UNKNOWN_GUARD]
        found += [self._of_asked(asked) for asked in route.asked]
        admin = route.is_below(self._project.settings.admin_paths)
        found.append(self._of_endpoint(route.function, admin=admin))
        return joined(found)

    def of_dependency(self, value: Value, near: str, depth: int = _MOST_DEPTH) -> Guard:
        """Return what FastAPI meets that is told to depend on a value."""
        if depth == 0:
            return UNKNOWN_GUARD
        match value:
            case Name(name=name):
                return self._of_name(name, near, depth)
            case Call(name=name) if not value.subscript:
                return self._of_result(value, near, depth)
        return UNKNOWN_GUARD

    def refuses(self, function: str) -> bool:
        """Tell whether a function turns callers away, by its canonical name."""
        return self._of_function(function, _MOST_DEPTH).guarding is Guarding.REFUSES

    def _of_asked(self, asked: Asked) -> Guard:
        """Routes of one router share what that asks, itself."""
        known = self._asked.get(id(asked))
        if known is None:
            known = self._asked[id(asked)] = asked, self._of_list(asked.said, asked.near)
        return known[1]

    def _of_list(self, value: Value, near: str) -> Guard:
        """Judge ``dependencies=[...]``, or the constant that holds the list."""
        if isinstance(value, Name):
            symbol = self._project.find(value.name, near)
            if symbol is None or not isinstance(symbol.definition, VariableSummary):
                return UNKNOWN_GUARD
            value, near = symbol.definition.value, symbol.module.name
        if isinstance(value, Literal) and value.value is None:
            return OPEN_GUARD
        if not isinstance(value, Items):
            return UNKNOWN_GUARD
        return joined(self._of_depends(item, near, None, _MOST_DEPTH) for item in value.items)

    def _of_depends(self, value: Value, near: str, type_: str | None, depth: int) -> Guard:
        """Judge ``Depends(...)``, a constant of it, or what may give one."""
        if depth == 0:
            return UNKNOWN_GUARD
        if isinstance(value, Name):
            symbol = self._project.find(value.name, near)
            if symbol is None or not isinstance(symbol.definition, VariableSummary):
                return UNKNOWN_GUARD
            held = symbol.definition.value
            return self._of_depends(held, symbol.module.name, type_, depth - 1)
        if not isinstance(value, Call) or value.subscript:
            return UNKNOWN_GUARD
        if self._project.canonical(value.name, near) not in DEPENDS:
            return self._of_maker(value, near, type_, depth)
        given = value.arguments[0] if value.arguments else value.keyword("dependency")
        if given is None or (isinstance(given, Literal) and given.value is None):
            given = Name(type_) if type_ else UNKNOWN
        demanded = frozenset(demanded_in(value))
        found = self.of_dependency(given, near, depth - 1)
        return joined((found, Guard(names=demanded)))

    def _of_maker(self, call: Call, near: str, type_: str | None, depth: int) -> Guard:
        """``RequireRole("admin")`` of the service, which gives a ``Depends(...)``."""
        name = self._project.canonical(call.name, near)
        symbol = self._project.find(call.name, near)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            is_framework_s = name.partition(".")[0] in ("fastapi", "pydantic")
            return OPEN_GUARD if is_framework_s else UNKNOWN_GUARD
        there = symbol.module.name
        given = given_by(self._project, symbol.name)
        if not given or not all(isinstance(v, Call) for v in given):
            return UNKNOWN_GUARD
        named = Guard(names=frozenset({symbol.name}))
        return joined([named, *(self._of_depends(v, there, type_, depth - 1) for v in given)])

    def _of_name(self, name: str, near: str, depth: int) -> Guard:
        project = self._project
        canonical = project.canonical(name, near)
        if self.bodies.is_named(canonical):
            return Guard(Guarding.REFUSES, frozenset({canonical}))
        symbol = project.find(name, near)
        match symbol.definition if symbol is not None else None:
            case FunctionSummary():
                assert symbol is not None
                return self._of_function(symbol.name, depth)
            case ClassSummary():
                assert symbol is not None
                return self._of_class(symbol, depth)
            case VariableSummary(value=held):
                assert symbol is not None
                named = Guard(names=frozenset({canonical}))
                return joined((named, self.of_dependency(held, symbol.module.name, depth - 1)))
        return self._of_outsider(name, canonical, near, depth)

    def _of_outsider(self, name: str, canonical: str, near: str, depth: int) -> Guard:
        """Judge a method of an object of the service, else a name from elsewhere."""
        owner, _, method = name.rpartition(".")
        symbol = self._project.find(owner, near) if owner else None
        if symbol is not None and isinstance(symbol.definition, VariableSummary):
            made = symbol.definition.value
            there = symbol.module.name
            holder = None
            if isinstance(made, Call) and not made.subscript:
                holder = class_made(self._project, made.name, there)
            return self._of_method(holder, method, depth) if holder is not None else UNKNOWN_GUARD
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            return self._of_method(symbol, method, depth)
        known = is_known(canonical.partition(".")[0])
        return OPEN_GUARD if known and not canonical.startswith(_SCHEMES) else UNKNOWN_GUARD

    def _of_method(self, holder: Symbol, method: str, depth: int) -> Guard:
        near = holder.module.name
        found = next(methods_meant(self._project, holder.name, method, near), None)
        return self._of_function(found, depth) if found else UNKNOWN_GUARD

    def _of_result(self, call: Call, near: str, depth: int) -> Guard:
        """Judge what a call gives: a factory's function, an object that can be called."""
        project = self._project
        name = project.canonical(call.name, near)
        if self.bodies.is_named(name):
            return Guard(Guarding.REFUSES, frozenset({name}))
        if name == _PARTIAL:
            return (
                self.of_dependency(call.arguments[0], near, depth - 1)
                if call.arguments
                else UNKNOWN_GUARD
            )
        if name.startswith(_SCHEMES):
            quiet = call.keyword("auto_error") == Literal(False)
            return Guard(Guarding.OPEN if quiet else Guarding.REFUSES, frozenset({name}))
        symbol = project.find(call.name, near)
        match symbol.definition if symbol is not None else None:
            case ClassSummary():
                assert symbol is not None
                return self._of_object(symbol, call, near, depth)
            case FunctionSummary():
                assert symbol is not None
                given = given_by(project, symbol.name)
                there = symbol.module.name
                found = [self.of_dependency(v, there, depth - 1) for v in given] or [UNKNOWN_GUARD]
                return joined([Guard(names=frozenset({symbol.name})), *found])
        return UNKNOWN_GUARD

    def _of_object(self, symbol: Symbol, call: Call, near: str, depth: int) -> Guard:
        named = Guard(names=frozenset({symbol.name}))
        near = symbol.module.name
        called = next(methods_meant(self._project, symbol.name, "__call__", near), None)
        if called is not None:
            return joined((named, self._of_function(called, depth)))
        schemes = [a for a in self._project.ancestors(symbol.name) if a.startswith(_SCHEMES)]
        quiet = call.keyword("auto_error") == Literal(False)
        return joined((named, Guard(Guarding.REFUSES) if schemes and not quiet else UNKNOWN_GUARD))

    def _of_class(self, symbol: Symbol, depth: int) -> Guard:
        """Judge a class that FastAPI makes an object of: ``Depends(Paging)``."""
        near = symbol.module.name
        named = Guard(names=frozenset({symbol.name}))
        made = next(methods_meant(self._project, symbol.name, "__init__", near), None)
        if made is not None:
            return joined((named, self._of_function(made, depth)))
        found = [named]
        for one in self._project.lineage(symbol.name):
            if isinstance(one.definition, ClassSummary):
                found.append(self._of_attributes(one, depth))
        bases = [a for a in self._project.ancestors(symbol.name) if self._project.find(a) is None]
        if not all(is_known(base.partition(".")[0]) for base in bases):
            found.append(UNKNOWN_GUARD)
        return joined(found)

    def _of_attributes(self, symbol: Symbol, depth: int) -> Guard:
        """Judge what the fields of a class depend on: of a dataclass, of a class of endpoints."""
        assert isinstance(symbol.definition, ClassSummary)
        near = symbol.module.name
        return joined(
            self._of_parameter(Parameter(a.name, a.type, a.value), near, depth)
            for a in symbol.definition.attributes
            if a.type is not None
        )

    def _of_function(self, name: str, depth: int) -> Guard:
        """Judge a function that FastAPI calls: its own dependencies, and its body."""
        if name in self._known:
            return self._known[name]
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return UNKNOWN_GUARD
        named = frozenset({name})
        if self.bodies.is_named(name):
            return self._known.setdefault(name, Guard(Guarding.REFUSES, named))
        self._known[name] = Guard(names=named)
        asked = self._of_parameters(symbol, depth)
        own = self.bodies.of_function(symbol) if asked.guarding < Guarding.REFUSES else OPEN_GUARD
        body = body_of(self._project, name)
        whole = joined((Guard(names=named, asks_for_role=body.asks_for_role), asked, own))
        self._known[name] = whole
        return whole

    def _of_parameters(self, symbol: Symbol, depth: int) -> Guard:
        assert isinstance(symbol.definition, FunctionSummary)
        near = symbol.module.name
        parameters = symbol.definition.parameters
        return joined(self._of_parameter(p, near, depth - 1) for p in parameters)

    def _of_parameter(self, parameter: Parameter, near: str, depth: int) -> Guard:
        real = self._project.parameter(parameter, near)
        type_ = real.type.without_none.name
        found = [
            self._of_depends(value, near, type_, depth)
            for value in (parameter.default, *real.metadata)
            if value is not None and self._may_depend(value, near)
        ]
        if not found and parameter.default is None and self._may_be_alias(type_):
            found.append(UNKNOWN_GUARD)
        return joined(found)

    def _may_depend(self, value: Value, near: str) -> bool:
        """Tell whether a default, or what ``Annotated`` says, may be a dependency."""
        if isinstance(value, Name):
            symbol = self._project.find(value.name, near)
            return (
                symbol is not None
                and isinstance(symbol.definition, VariableSummary)
                and isinstance(symbol.definition.value, Call)
                and self._may_depend(symbol.definition.value, symbol.module.name)
            )
        if not isinstance(value, Call) or value.subscript:
            return False
        name = self._project.canonical(value.name, near)
        if name in DEPENDS:
            return True
        symbol = self._project.find(value.name, near)
        if symbol is not None:
            return isinstance(symbol.definition, FunctionSummary)
        return not is_known(name.partition(".")[0]) and may_refuse(name)

    def _may_be_alias(self, type_: str) -> bool:
        """Tell whether a type that nobody knows may hold a dependency: ``CurrentUser``."""
        if "." not in type_ or is_known(type_.partition(".")[0]):
            return False
        return self._project.find(type_) is None and may_refuse(type_)

    def _of_endpoint(self, name: str, *, admin: bool) -> Guard:
        """Judge an endpoint by itself: what it depends on, and what its body looks at.

        Whether that asks for a role matters for those of administrators alone.
        """
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return UNKNOWN_GUARD
        found = [self._of_taken(p, symbol.module.name) for p in symbol.definition.parameters]
        found += [*self._of_class_around(symbol), self._of_decorators(symbol)]
        if joined(found).guarding is Guarding.OPEN:
            found.append(self.bodies.of_endpoint(symbol))
        elif admin:
            found.append(Guard(asks_for_role=body_of(self._project, name).asks_for_role))
        return joined(found)

    def _of_taken(self, parameter: Parameter, near: str) -> Guard:
        """Most endpoints of a module take the same dependencies."""
        key = parameter, near
        if key not in self._taken:
            self._taken[key] = self._of_parameter(parameter, near, _MOST_DEPTH - 1)
        return self._taken[key]

    def _of_class_around(self, symbol: Symbol) -> Iterator[Guard]:
        owner = self._project.find(symbol.name.rpartition(".")[0])
        if owner is not None and isinstance(owner.definition, ClassSummary):
            yield self._of_class(owner, _MOST_DEPTH)

    def _of_decorators(self, symbol: Symbol) -> Guard:
        """A decorator beside the route's may refuse: ``@requires("authenticated")``."""
        assert isinstance(symbol.definition, FunctionSummary)
        for value in symbol.definition.decorators:
            name = value.name if isinstance(value, Call | Name) else ""
            if not name or may_refuse(name):
                return UNKNOWN_GUARD
        return OPEN_GUARD


@project_fact
def guards(project: Project) -> Guards:
    """Return the guards of a service."""
    return Guards(project)
