"""What names and types mean to the forward pass: sessions, the tenant, access, models, requests.

The service's own names come from its settings; a name that nothing binds stands for what the
handbook's fragments mean by it.
"""

from __future__ import annotations

import re
from functools import cached_property

from turnstay_lint.project.dataflow.facts import UNDERSTOOD_BY_NOBODY
from turnstay_lint.project.dataflow.sought_words import SoughtWords
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
    Collection,
    Entity,
    Instance,
    Object,
    Query,
    Raw,
    Record,
    Request,
    Session,
    SessionMaker,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.models.access import access_class
from turnstay_lint.project.models.foreign_keys import ForeignKeys
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.models.tenancy import Tenancy, tenancy
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.source.types import Type

_ASYNC_SESSIONS = frozenset({"AsyncSession", "async_scoped_session"})
_SESSIONS = _ASYNC_SESSIONS | {"Session", "scoped_session"}
_MAKERS = frozenset(
    {"sessionmaker", "async_sessionmaker", "async_scoped_session", "scoped_session"}
)
_LIBRARIES = ("sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.")
_SINGLE = frozenset(
    {
        "AbstractAsyncContextManager", "AbstractContextManager", "AsyncContextManager",
        "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "ContextManager",
        "Coroutine", "Generator",
    }
)  # fmt: skip
_CONTAINERS = frozenset(
    {"list", "set", "frozenset", "Sequence", "Iterable", "Iterator", "Collection", "deque"}
)
_MAPPINGS = frozenset({"dict", "defaultdict", "Mapping", "MutableMapping", "OrderedDict"})
_REQUESTS = ("fastapi.", "starlette.")
_DEPENDS = frozenset({"Depends", "Security"})


class Vocabulary:
    """The words of one service. Looked-up names are kept, since files repeat them."""

    def __init__(self, project: Project) -> None:
        """Take the words from the project and its settings."""
        self.project = project
        self.settings = project.settings
        self.models = orm_models(project)
        self.tenancy: Tenancy = tenancy(project)
        self.named: dict[tuple[str, str], Value] = {}
        self._symbols: dict[tuple[str, str], Symbol | None] = {}
        self._sessions: dict[tuple[str, str], Session | None] = {}
        self._instances: dict[tuple[str, str], Value] = {}
        self.owned_keys: dict[tuple[str, str], bool] = {}
        self._with_tenant: dict[str, bool] = {}
        self.sought = SoughtWords(self)
        self.tenant_name = _snake(self.settings.tenant_model.rpartition(".")[2])
        self.access_name = _snake(self.settings.access_class.rpartition(".")[2])

    @cached_property
    def stores(self) -> ForeignKeys:
        """Return the foreign keys to what belongs to tenants."""
        return ForeignKeys(self.models, self.tenancy)

    @cached_property
    def access_session(self) -> str:
        """Return the attribute of the access object that is its session, empty where none is."""
        made = self.symbol(f"{self.access}.__init__") if self.access else None
        definition = made.definition if made is not None else None
        for parameter in definition.parameters if isinstance(definition, FunctionSummary) else ():
            near = made.module.name if made is not None else ""
            if self.session_class(parameter.type.name, near) is not None:
                return parameter.name
        return ""

    @cached_property
    def tenant_columns(self) -> frozenset[str]:
        """Return the names of the columns that hold the id of a tenant."""
        owned = (one.model for one in self.tenancy.owned.values() if not one.is_tenant)
        own = (column for model in owned for column in self.tenancy.tenant_columns(model))
        return frozenset({self.settings.tenant_column, *own})

    def symbol(self, dotted: str, near: str = "") -> Symbol | None:
        """Return what a dotted name means in the project, looked up once."""
        key = (dotted, near)
        if key not in self._symbols:
            self._symbols[key] = self.project.find(dotted, near)
        return self._symbols[key]

    def has_tenant(self, name: str) -> bool:
        """Tell whether instances of a class of the project have the tenant's id."""
        if name not in self._with_tenant:
            column = self.settings.tenant_column
            self._with_tenant[name] = any(
                isinstance(symbol.definition, ClassSummary)
                and symbol.definition.attribute(column) is not None
                for symbol in self.project.lineage(name)
            )
        return self._with_tenant[name]

    @cached_property
    def access(self) -> str:
        """Return the canonical name of the access class, empty where there is none."""
        return access_class(self.project)

    def entity(self, model: str) -> Entity:
        """Return the entity of a class; subclasses share the key of the class they map with."""
        root = model
        for parent in self.models.classes[model].parents:
            if parent in self.models.classes:
                root = parent
        return Entity(model, root)

    def orm(self, dotted: str, near: str) -> OrmClass | None:
        """Return the mapped class that a dotted name means."""
        symbol = self.symbol(dotted, near)
        return self.models.classes.get(symbol.name) if symbol is not None else None

    def unbound(self, name: str) -> Value | None:
        """Return what a fragment means by a name that nothing binds, or None."""
        if name == "session":
            return Session(asynchronous=True)
        if name == self.settings.tenant_column:
            return TenantId()
        if name == self.tenant_name:
            return Tenant()
        if name == self.access_name:
            return Access()
        return None

    def of_parameter_name(self, name: str) -> Value | None:
        """Return what a parameter is by its name alone: the tenant's column, the tenant, access."""
        if name == self.settings.tenant_column:
            return TenantId()
        if name == self.tenant_name:
            return Tenant()
        return Access() if name == self.access_name else None

    def of_type(self, type_: Type, near: str, place: int, depth: int = 6) -> Value:
        """Return a value of a type; objects in it get the state kept under ``place``."""
        if depth and not type_.arguments and type_.name not in ("None", "|"):
            return self.of_class(type_.name, near, place)
        members = [m for m in type_.members if m.name != "None"]
        if depth == 0 or not members:
            return UNKNOWN
        if len(members) > 1:
            each = [self.of_type(member, near, place, depth - 1) for member in members]
            return each[0] if all(value == each[0] for value in each) else UNKNOWN
        plain = members[0]
        last = plain.name.rpartition(".")[2]
        if plain.arguments:
            found = self._of_container(plain, last, near, place, depth)
            if found is not None:
                return found
        return self.of_class(plain.name, near, place)

    def _of_container(
        self, type_: Type, last: str, near: str, place: int, depth: int
    ) -> Value | None:
        inner = type_.arguments
        if last in _SINGLE:
            return self.of_type(inner[-1 if last == "Coroutine" else 0], near, place, depth - 1)
        if last == "tuple" and inner[-1].name != "builtins.Ellipsis" and len(inner) > 1:
            return Collection(tuple(self.of_type(i, near, place, depth - 1) for i in inner))
        if last in _CONTAINERS or last == "tuple":
            item = self.of_type(inner[0], near, place, depth - 1)
            if isinstance(item, Tenant):
                # One of several tenants is not the tenant that the code runs for.
                model = self.orm(inner[0].without_none.name, near)
                item = Object(model.name, place) if model is not None else UNKNOWN
            return Collection((item,), open=True)
        if last in _MAPPINGS and len(inner) > 1:
            item = self.of_type(inner[1], near, place, depth - 1)
            return Record((("", item),), open=True) if isinstance(item, Object) else None
        if last == "type":
            model = self.orm(inner[0].name, near)
            return self.entity(model.name) if model is not None else UNKNOWN
        if last in ("Select", "Query", "Update", "Delete"):
            return Query(last.lower() if last != "Query" else "select", facts=UNDERSTOOD_BY_NOBODY)
        return None

    def of_class(self, dotted: str, near: str, place: int) -> Value:
        """Return an instance of the class of that dotted name."""
        known = self._instances.get((dotted, near))
        if known is None:
            known = self._instances[dotted, near] = self._instance(dotted, near, place)
        return Object(known.model, place) if type(known) is Object else known

    def _instance(self, dotted: str, near: str, place: int) -> Value:
        session = self.session_class(dotted, near)
        if session is not None:
            return session
        symbol = self.symbol(dotted, near)
        name = symbol.name if symbol is not None else self.project.canonical(dotted, near)
        if symbol is not None and isinstance(symbol.definition, VariableSummary):
            return self._of_alias(symbol.definition, symbol.module.name, place)
        if name in self.models.classes:
            return Tenant() if name in self.tenancy.tenant_models else Object(name, place)
        if name == self.access or name.rpartition(".")[2] == self.settings.access_class:
            return Access()
        if name.startswith(_REQUESTS) and name.endswith((".Request", ".HTTPConnection")):
            return Request()
        if name.rpartition(".")[2] in _MAKERS and name.startswith(_LIBRARIES):
            return SessionMaker()
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            return UNKNOWN if name == "?" or "." in name else Raw()
        return Instance(name)

    def _of_alias(self, variable: VariableSummary, near: str, place: int) -> Value:
        """``SessionDep = Annotated[AsyncSession, Depends(get_session)]`` is named like a type."""
        value = variable.value
        if isinstance(value, Call) and value.subscript and value.arguments:
            first = value.arguments[0]
            if value.name.endswith(".Annotated") and isinstance(first, Name | Call):
                return self.of_class(first.name, near, place)
        if isinstance(value, Name):
            return self.of_class(value.name, near, place)
        return UNKNOWN

    def session_class(self, dotted: str, near: str) -> Session | None:
        """Return the session that a class makes, or None where it is no session's class."""
        key = (dotted, near)
        if key not in self._sessions:
            self._sessions[key] = self._session_class(dotted, near)
        return self._sessions[key]

    def _session_class(self, dotted: str, near: str) -> Session | None:
        last = dotted.rpartition(".")[2]
        if dotted.startswith(_LIBRARIES):
            return Session(last in _ASYNC_SESSIONS) if last in _SESSIONS else None
        for name in self.project.ancestors(dotted, near):
            base = name.rpartition(".")[2]
            if name.startswith(_LIBRARIES) and base in _SESSIONS:
                return Session(base in _ASYNC_SESSIONS)
        return None

    def of_variable(self, variable: VariableSummary, near: str, place: int) -> Value:
        """Return the value of a variable of a module, by its annotation or what made it."""
        if variable.type is not None and variable.type.name != "?":
            found = self.of_type(variable.type, near, place)
            if found != UNKNOWN:
                return found
        made = variable.value
        if isinstance(made, Call):
            name = self.project.canonical(made.name, near)
            last = name.rpartition(".")[2]
            if name.startswith(_LIBRARIES) and last in _MAKERS:
                return SessionMaker()
            if name.startswith(_LIBRARIES) and last == "SQLAlchemy":
                return Instance("flask_sqlalchemy.SQLAlchemy")
            return self.of_class(name, near, place) if not made.subscript else UNKNOWN
        return UNKNOWN

    def of_dependency(self, name: str, near: str, place: int) -> Value | None:
        """Return what a dependency function gives, by the service's names or its annotation."""
        last = name.rpartition(".")[2]
        if last == self.settings.session_dependency:
            return Session(asynchronous=True)
        if last == self.settings.company_dependency:
            return Tenant()
        if last == self.settings.access_dependency:
            return Access()
        symbol = self.symbol(name, near)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            return None
        found = self.of_type(symbol.definition.returns, symbol.module.name, place)
        return found if found not in (UNKNOWN, Raw()) else None

    def is_depends(self, dotted: str) -> bool:
        """Tell whether a dotted name is FastAPI's ``Depends``."""
        return dotted.startswith("fastapi.") and dotted.rpartition(".")[2] in _DEPENDS


@project_fact
def vocabulary(project: Project) -> Vocabulary:
    """Return the words of a service."""
    return Vocabulary(project)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
