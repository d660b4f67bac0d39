"""Whether an id that a function stores is the client's, and whether a caller verified it.

In an endpoint FastAPI says it; elsewhere the endpoints that reach the function do: one that is
sent the schema, or a field of the parameter's name, hands the client's value on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnstay_lint.project.calls.callers import callers
from turnstay_lint.project.dataflow.storing import Written
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.models.access import access, returned_model
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.schemas.schemas import field_types, fields, is_schema
from turnstay_lint.project.summaries.summary import FunctionSummary, ModuleSummary
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import Type

_MOST_CALLERS = 300
_VERIFIES = regex(
    r"^_*(assert|authorize|can|check|ensure|guard|has|is|require|validate|verify)(_|$)"
)


@project_fact
def client_schemas(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Return the schemas that clients send, nested ones too, with the endpoints that take them.

    Endpoints that see every tenant take none.
    """
    exempt = (*project.settings.admin_paths, *project.settings.public_paths)
    found: dict[str, dict[str, None]] = {}
    for name, facts in routes(project).items():
        symbol = project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            continue
        if all(fact.is_below(exempt) for fact in facts):
            continue
        near = symbol.module.name
        todo = [s for p in symbol.definition.parameters for s in _schemas_in(project, p.type, near)]
        while todo:
            schema = todo.pop()
            if name not in found.setdefault(schema, {}):
                found[schema][name] = None
                todo.extend(_nested(project, schema))
    return {schema: tuple(names) for schema, names in found.items()}


def _nested(project: Project, schema: str) -> Iterator[str]:
    symbol = project.find(schema)
    for field in fields(project, symbol) if symbol is not None else ():
        if field.type is not None and symbol is not None:
            yield from _schemas_in(project, field.type, symbol.module.name)


def _schemas_in(project: Project, type_: Type, near: str) -> Iterator[str]:
    """Yield the schemas that a type speaks of, in a union or a list as well."""
    for member in type_.members:
        for inner in member.arguments:
            yield from _schemas_in(project, inner, near)
        symbol = project.find(member.name, near) if member.known and not member.arguments else None
        if symbol is not None and is_schema(project, symbol.name, symbol.module.name):
            yield symbol.name


class ClientIds:
    """Answers for the values that one function, the outermost around a scope, stores."""

    def __init__(self, project: Project, function: Scope) -> None:
        """Ask in a service for a function of it."""
        self._project = project
        self._words = vocabulary(project)
        self._name = f"{function.module}.{function.qualname}"
        self._reaching = tuple(self._upstream())

    def are_stored(self, written: Written, *, in_endpoint: bool) -> bool:
        """Tell whether a client chose the value, and nobody on the way here verified it."""
        root, _, rest = written.origin.partition(".")
        root = root.removesuffix("[]")
        if not rest and self._is_verified_by_dependency(root):
            return False
        if in_endpoint:
            return written.client
        sending = self._sending(root, bool(rest))
        around = dict.fromkeys((*sending, *self._reaching))
        return bool(sending) and not any(self._verifies(n, written.target) for n in around)

    def _sending(self, root: str, is_schema: bool) -> tuple[str, ...]:
        """Return the endpoints whose clients send what a parameter of the function holds."""
        own = self._function(self._name)
        parameter = own[0].parameter(root) if own is not None else None
        if own is None or parameter is None:
            return ()
        bodies = client_schemas(self._project)
        reaching = set(self._reaching)
        if is_schema:
            held = _schemas_in(self._project, parameter.type, own[1].name)
            taking = tuple(name for schema in held for name in bodies.get(schema, ()))
            return tuple(name for name in taking if name in reaching) or taking
        taken = tuple(n for n in self._reaching if self._is_sent(n, root))
        return taken + tuple(
            name
            for schema, names in bodies.items()
            if root in field_types(self._project, schema)
            for name in names
            if name in reaching
        )

    def _is_sent(self, name: str, parameter: str) -> bool:
        """Tell whether a tenant's endpoint is sent a parameter of that name, plainly."""
        exempt = (*self._project.settings.admin_paths, *self._project.settings.public_paths)
        facts = routes(self._project).get(name, ())
        if not facts or all(fact.is_below(exempt) for fact in facts):
            return False
        found = self._function(name)
        held = found[0].parameter(parameter) if found is not None else None
        return held is not None and held.default is None and not held.metadata

    def _is_verified_by_dependency(self, name: str) -> bool:
        """``Depends(get_own_account)`` takes the same path or query parameter."""
        return any(
            function.parameter(name) is not None
            and callers(self._project).is_dependency(f"{module.name}.{function.name}")
            for module in self._project.modules.values()
            for function in module.functions.values()
        )

    def _upstream(self) -> Iterator[str]:
        """Yield the functions that lead to this one, nearest first."""
        seen, todo = {self._name}, [self._name]
        while todo and len(seen) < _MOST_CALLERS:
            here = todo.pop(0)
            for caller in sorted(callers(self._project).callers_of(here) - seen):
                seen.add(caller)
                todo.append(caller)
                yield caller

    def _verifies(self, name: str, target: str) -> bool:
        """Tell whether a function asks for a row of the model, or calls what checks something."""
        found = self._function(name)
        if found is None:
            return False
        function, module = found
        getters = access(self._project)
        for called in (*function.calls, *function.uses):
            last = called.rpartition(".")[2]
            if _VERIFIES.match(last) and called in function.calls:
                return True
            getter = getters.getters.get(last) if getters is not None else None
            if getter is not None and getter.model == target:
                return True
            for name in meant(self._project, module, function, called):
                if self._gives(name, target):
                    return True
        return False

    def _gives(self, name: str, target: str) -> bool:
        """Tell whether a function gives a row of a model, or the schema that is called like it."""
        found = self._function(name)
        if found is None:
            return False
        returns, near = found[0].returns, found[1].name
        given = returned_model(self._project, returns, near)
        if given is not None:
            return given[0] == target
        plain = self._project.canonical(returns.without_none.name, near)
        return plain.rpartition(".")[2] == target.rpartition(".")[2]

    def _function(self, name: str) -> tuple[FunctionSummary, ModuleSummary] | None:
        symbol = self._words.symbol(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return None
        return symbol.definition, symbol.module
