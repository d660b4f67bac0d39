"""Who calls whom: which endpoints reach a function, and what else does.

Calls are read from the summaries: by name, as a method of an annotated parameter, of ``self`` or of
what was made before, and as a dependency that FastAPI calls. What is handed on counts as called.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.calls.testing_calls import calls_function, seek
from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.heirs import heirs
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.roles import demands_admin, names_role
from turnstay_lint.project.summaries.depending import demanded, depended_on
from turnstay_lint.project.summaries.places import is_apart, is_test, is_worker
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, ModuleSummary
from turnstay_lint.project.summaries.values import Call, Name, Value
from turnstay_lint.source.patterns import regex

_MOST_CALLERS = 5_000
_TASKS = frozenset(
    {
        "task",
        "shared_task",
        "periodic_task",
        "actor",
        "scheduled_job",
        "job",
        "command",
        "perpetual_service",
        "listens_for",
    }
)
_QUEUES = frozenset({"arq", "celery", "docket", "dramatiq", "huey", "procrastinate", "taskiq"})
_UPKEEP = regex(
    r"^_*((clean_?up|purge|prune|reap|sweep|vacuum|garbage_collect|expire)_"
    r"|(archive|cancel|clear|delete|drop|remove|revoke)_(all_)?"
    r"(expired|stale|old|outdated|orphan(ed)?s?|dangling|abandoned|timed_?out)(_|$))"
)
"""What is called so and no endpoint reaches looks after every tenant's rows."""
_STARTS = regex(r"^_*((on_)?(app_)?(start_?up|starting|shut_?down)|(app_)?lifespan|main$)(_|$)")
# A system that signs what it sends is no client of one tenant.
_SIGNED = regex(r"(^|_)signature$")
# What a process runs on its own, for every tenant, is made of these or derives from one.
_LOOPS = ("Daemon", "DaemonTask", "DaemonThread", "threading.Thread")


class Reach(Struct, frozen=True):
    """What reaches a function: the tenants' endpoints, and whether anything else does.

    ``exempt`` says that only what works for all tenants by design reaches it: dependencies,
    middleware, scripts, admin and public endpoints.
    """

    endpoints: tuple[RouteFact, ...]
    exempt: bool


_Site = tuple[ModuleSummary, FunctionSummary, str]


class Callers:
    """The call graph of a service, backwards, followed only from the functions asked for.

    Tests are no callers; whether they alone call a function is asked where nobody else does.

    Calls are kept by the last part of what they name; only those that could mean a function are
    looked up.
    """

    def __init__(self, project: Project) -> None:
        """Read the names of what is called, and of what is depended on."""
        self._project = project
        self._calling: dict[str, list[ModuleSummary]] = {}
        self._testing: dict[str, list[ModuleSummary]] = {}
        self._sites: dict[str, list[_Site]] = {}
        self._sites_by_module: dict[str, dict[str, list[_Site]]] = {}
        self._meant: dict[str, dict[str, list[str]]] = {}
        self._renamed: dict[str, set[str]] = {}
        self._depended: dict[str, list[tuple[ModuleSummary, str]]] = {}
        self._callers: dict[str, frozenset[str]] = {}
        self._made_apart: dict[str, bool] = {}
        self._reached: dict[str, Reach] = {}
        self._tenant_routes: dict[str, tuple[RouteFact, ...]] = {}
        self._for_all: dict[str, bool] = {}
        for module in project.modules.values():
            for local, target in module.imports.items():
                if not target.endswith(local) or target.rpartition(".")[2] != local:
                    self._renamed.setdefault(target.rpartition(".")[2], set()).add(local)
            calling = self._testing if is_test(module.path) else self._calling
            for last in module.called:
                calling.setdefault(last, []).append(module)
            for name in module.depends:
                self._depended.setdefault(name.rpartition(".")[2], []).append((module, name))

    def _sites_of(self, last: str) -> list[_Site]:
        """Return what calls something of that name, with how it says so."""
        if last not in self._sites:
            modules = self._calling.get(last, ())
            self._sites[last] = [site for m in modules for site in self._sites_in(m).get(last, ())]
        return self._sites[last]

    def _sites_in(self, module: ModuleSummary) -> dict[str, list[_Site]]:
        """Return what is called in a module, by the last part of its name."""
        known = self._sites_by_module.get(module.name)
        if known is None:
            known = self._sites_by_module[module.name] = {}
            for function in module.functions.values():
                for called in (*function.calls, *function.uses):
                    last = called.rpartition(".")[2]
                    known.setdefault(last, []).append((module, function, called))
        return known

    def _meanings(self, last: str) -> dict[str, list[str]]:
        """Return who calls each function that is meant by something of that name."""
        known = self._meant.get(last)
        if known is None:
            known = self._meant[last] = {}
            for module, function, called in self._sites_of(last):
                caller = f"{module.name}.{function.name}"
                for name in meant(self._project, module, function, called):
                    known.setdefault(name, []).append(caller)
        return known

    def _names(self, name: str) -> set[str]:
        """Return what a definition may be called: by its own name, and as modules rename it."""
        last = name.rpartition(".")[2]
        return {last, *self._renamed.get(last, ())}

    def callers_of(self, name: str) -> frozenset[str]:
        """Return the canonical names of the functions that call one."""
        known = self._callers.get(name)
        if known is None:
            known = self._callers[name] = frozenset(self._find_callers(name))
        return known

    def _find_callers(self, name: str) -> Iterator[str]:
        outer = name.rpartition(".")[0]
        constructs = name.endswith(".__init__")
        around = self._project.find(outer) if outer else None
        if around is not None and isinstance(around.definition, FunctionSummary):
            # Whoever defines a function calls it, or hands it on.
            yield around.name
        for last in self._names(outer if constructs else name):
            yield from self._meanings(last).get(name, ())

    def _tested(self, name: str) -> bool:
        """Tell whether tests call a function."""
        outer = name.rpartition(".")[0]
        constructs = name.endswith(".__init__")
        return any(
            calls_function(self._project, module.path, name, last)
            for last in self._names(outer if constructs else name)
            for module in self._calling_in_tests(last)
        )

    def _calling_in_tests(self, last: str) -> list[ModuleSummary]:
        seek(self._project, last)
        return self._testing.get(last, [])

    def may_be_called_unseen(self, method: str) -> bool:
        """Tell whether a method may be meant by a call of which nobody knows what it is of."""
        return any(
            called.startswith(("*.", "<")) or "()." in called
            for module, function, called in self._sites_of(method.rpartition(".")[2])
            if not any(True for _ in meant(self._project, module, function, called))
        )

    def is_dependency(self, name: str) -> bool:
        """Tell whether FastAPI calls a function, or a method of a class, as a dependency."""
        owner = name.rpartition(".")[0]
        for wanted in (name, owner):
            for last in self._names(wanted) if wanted else ():
                for module, said in self._depended.get(last, ()):
                    found = self._project.find(said, module.name)
                    if found is not None and found.name == wanted:
                        if wanted == name or isinstance(found.definition, ClassSummary):
                            return True
        return False

    def reach(self, name: str) -> Reach:
        """Return what reaches the function of that canonical name, over any number of calls."""
        known = self._reached.get(name)
        if known is None:
            known = self._reached[name] = self._reach(name)
        return known

    def _reach(self, name: str) -> Reach:
        endpoints: dict[RouteFact, None] = {}
        exempt_roots, other_roots = 0, 0
        seen, todo = {name}, [name]
        while todo and len(seen) < _MOST_CALLERS:
            here = todo.pop()
            own_routes = routes(self._project).get(here, ())
            tenants = self.tenant_routes(here)
            endpoints.update(dict.fromkeys(tenants))
            works_for_all = self.works_for_all(here)
            exempt_roots += bool(own_routes and not tenants) + works_for_all
            if works_for_all or own_routes:
                continue
            callers = self.callers_of(here) - {here}
            if not callers:
                apart = looks_after_rows(here) or self._tested(here)
                apart = apart or self._is_made_apart(here)
                exempt_roots += apart
                other_roots += not apart
            new = callers - seen
            seen |= new
            todo.extend(sorted(new))
        exempt = bool(exempt_roots) and not endpoints and not other_roots
        return Reach(tuple(sorted(endpoints, key=lambda route: route.label)), exempt)

    def _is_made_apart(self, method: str) -> bool:
        """Tell whether workers, tasks and scripts alone make objects of the class of a method.

        What a dependency makes, or what a process starts with, is handed to endpoints.
        """
        symbol = self._project.find(method)
        owner = symbol.qualname.rpartition(".")[0] if symbol is not None else ""
        if symbol is None or owner not in symbol.module.classes:
            return False
        name = f"{symbol.module.name}.{owner}"
        if name not in self._made_apart:
            names = [name, *heirs(self._project, name)]
            makers = {maker for each in names for maker in self.callers_of(f"{each}.__init__")}
            apart = bool(makers) and all(map(self._stands_apart, makers))
            self._made_apart[name] = apart and not any(map(self._has_class_methods, names))
        return self._made_apart[name] and not self.may_be_called_unseen(method)

    def _stands_apart(self, name: str) -> bool:
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return False
        path = symbol.module.path
        return is_worker(path) or is_apart(path) or self._is_task(symbol.module, symbol.definition)

    def _has_class_methods(self, name: str) -> bool:
        """A class method may make an object where nobody sees it: ``cls(session)``."""
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            return True
        functions = symbol.module.functions
        methods = (functions.get(f"{symbol.qualname}.{m}") for m in symbol.definition.methods)
        return any(
            method is not None and method.parameters and method.parameters[0].name == "cls"
            for method in methods
        )

    def tenant_routes(self, name: str) -> tuple[RouteFact, ...]:
        """Return the routes of a function that serve one tenant each."""
        known = self._tenant_routes.get(name)
        if known is None:
            every = routes(self._project).get(name, ())
            known = tuple(route for route in every if not self._is_exempt(route))
            self._tenant_routes[name] = known
        return known

    def _is_exempt(self, route: RouteFact) -> bool:
        settings = self._project.settings
        if route.is_exempt(settings):
            return True
        symbol = self._project.find(route.function)
        function = symbol.definition if symbol is not None else None
        own: tuple[str, ...] = ()
        if isinstance(function, FunctionSummary):
            if any(_SIGNED.search(parameter.name) for parameter in function.parameters):
                return True
            own = (*depended_on(function), *demanded(function))
        names = [name.rpartition(".")[2] for name in (*route.guards, *own)]
        return any(names_role(n, settings) or demands_admin(n, settings) for n in names)

    def works_for_all(self, name: str) -> bool:
        """Tell whether a function sees every tenant: dependencies, middleware, tasks, workers."""
        known = self._for_all.get(name)
        if known is None:
            worker = name not in routes(self._project) and self._in_worker(name)
            known = self._for_all[name] = worker or self._works_for_all(name)
        return known

    def _in_worker(self, name: str) -> bool:
        symbol = self._project.find(name)
        return symbol is not None and is_worker(symbol.module.path)

    def _works_for_all(self, name: str) -> bool:
        if self.is_dependency(name):
            return True
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return False
        if is_apart(symbol.module.path) or self._is_task(symbol.module, symbol.definition):
            return True
        if _STARTS.match(symbol.qualname.rpartition(".")[2]):
            return True
        owner, _, method = symbol.qualname.rpartition(".")
        if not owner:
            return False
        bases = list(self._project.ancestors(f"{symbol.module.name}.{owner}"))
        if any(base.endswith(_LOOPS) for base in bases):
            return True
        middleware = any(base.rpartition(".")[2] == "BaseHTTPMiddleware" for base in bases)
        return method == "dispatch" and middleware

    def _is_task(self, module: ModuleSummary, function: FunctionSummary) -> bool:
        """Tell whether a queue of tasks, or the ORM, calls a function."""
        given = [*function.decorators]
        if any(_last(value) in _TASKS for value in given):
            return True
        for parameter in function.parameters:
            given += [v for v in (parameter.default, *parameter.metadata) if v is not None]
        names = (value.name for value in given if isinstance(value, Call | Name))
        return any(
            self._project.canonical(name, module.name).partition(".")[0] in _QUEUES
            for name in names
        )


def looks_after_rows(name: str) -> bool:
    """Tell whether a function is called as what clears away every tenant's rows."""
    return _UPKEEP.match(name.rpartition(".")[2]) is not None


@project_fact
def callers(project: Project) -> Callers:
    """Return the call graph of a service."""
    return Callers(project)


def _last(value: Value) -> str:
    return value.name.rpartition(".")[2] if isinstance(value, Call | Name) else ""
