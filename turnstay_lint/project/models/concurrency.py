"""Whether a service talks to its database synchronously, so that loading on access is no fault.

Only proof counts: a synchronous session or engine somewhere, and no asynchronous session, engine or
driver anywhere. A package of models alone proves nothing, and neither do migrations, which are
synchronous in an asynchronous service too. An ``async def`` that has a synchronous session blocks,
but what it reads is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.depending import depended_on
from turnstay_lint.project.summaries.summary import (
    FunctionSummary,
    ModuleSummary,
    Parameter,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Name, Value, calls_within
from turnstay_lint.source.types import Type

ASYNCHRONOUS_PACKAGES = (
    "sqlalchemy.ext.asyncio",
    "sqlmodel.ext.asyncio",
    "asyncpg",
    "aiosqlite",
    "aiomysql",
    "asyncmy",
    "fastapi_async_sqlalchemy",
    "fastapi_users_db_sqlalchemy",
)
SYNCHRONOUS_SESSIONS = frozenset(
    {
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.session.Session",
        "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.orm.session.sessionmaker",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.scoping.scoped_session",
        "sqlmodel.Session",
        "flask_sqlalchemy.SQLAlchemy",
    }
)
SYNCHRONOUS_ENGINES = frozenset(
    {
        "sqlalchemy.create_engine",
        "sqlalchemy.engine.create_engine",
        "sqlalchemy.engine_from_config",
        "sqlmodel.create_engine",
    }
)
_MIGRATION_FOLDERS = frozenset({"alembic", "migrations", "versions"})
_MOST_REACHED = 100
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})


@project_fact
def is_synchronous(project: Project) -> bool:
    """Tell whether the service provably has synchronous sessions or engines alone."""
    if names_asynchronous_sessions(project):
        return False
    synchronous = SYNCHRONOUS_SESSIONS | SYNCHRONOUS_ENGINES
    return any(
        not synchronous.isdisjoint(_names_used(module))
        for module in project.modules.values()
        if not _MIGRATION_FOLDERS.intersection(module.module.split("."))
    )


@project_fact
def names_asynchronous_sessions(project: Project) -> bool:
    """Tell whether the service speaks of an asynchronous session or driver anywhere."""
    modules = project.modules.values()
    return any(_is_asynchronous(name) for module in modules for name in _names_used(module))


def _is_asynchronous(name: str) -> bool:
    """Tell it by the package, or by a name such as other packages give to what they wrap."""
    if name.startswith(ASYNCHRONOUS_PACKAGES):
        return True
    plain = name.lower().replace("_", "")
    return any(word in plain for word in ("asyncsession", "asyncengine", "sqlalchemyasync"))


def _names_used(module: ModuleSummary) -> Iterator[str]:
    yield from module.imports.values()
    yield from module.stars
    for variable in module.variables.values():
        yield from (call.name for call in calls_within(variable.value))
    for statement in module.statements:
        yield from (call.name for call in calls_within(statement))
    for function in module.functions.values():
        yield from function.calls
        for type_ in (function.returns, *(p.type for p in function.parameters)):
            yield from _type_names(type_)


def _type_names(type_: Type) -> Iterator[str]:
    yield type_.name
    for argument in type_.arguments:
        yield from _type_names(argument)


def _uses_session(project: Project, function: FunctionSummary, near: str) -> bool:
    return any(_is_session(project, name, near) for name in function.calls) or any(
        _gives_session(project, parameter, near) for parameter in function.parameters
    )


def reaches_synchronous_session(project: Project, function: FunctionSummary, near: str) -> bool:
    """Tell whether a function, what it depends on or what it calls has a synchronous session."""
    todo, seen = [(function, near)], {(near, function.name)}
    for _ in range(_MOST_REACHED):
        if not todo:
            return False
        current, there = todo.pop(0)
        if _uses_session(project, current, there) or _returns_session(project, current, there):
            return True
        for name in (*sorted(current.calls | current.uses), *depended_on(current)):
            found = project.find(name, there)
            if found is not None and isinstance(found.definition, FunctionSummary):
                key = found.module.name, found.qualname
                if key not in seen:
                    seen.add(key)
                    todo.append((found.definition, found.module.name))
    return False


def _gives_session(project: Project, parameter: Parameter, near: str) -> bool:
    if any(_is_session(project, name, near) for name in _type_names(parameter.type)):
        return True
    given = [value for value in (parameter.default, *parameter.metadata) if value is not None]
    return any(_depends_on_session(project, value, near) for value in given)


def _depends_on_session(project: Project, value: Value, near: str) -> bool:
    if not isinstance(value, Call) or value.name not in _DEPENDS or not value.arguments:
        return False
    dependency = value.arguments[0]
    found = project.find(dependency.name, near) if isinstance(dependency, Name) else None
    if found is None or not isinstance(found.definition, FunctionSummary):
        return False
    if any(_is_session(project, name, found.module.name) for name in found.definition.calls):
        return True
    return _returns_session(project, found.definition, found.module.name)


def _returns_session(project: Project, function: FunctionSummary, near: str) -> bool:
    return any(_is_session(project, name, near) for name in _type_names(function.returns))


def _is_session(project: Project, name: str, near: str) -> bool:
    """A session class, a variable that holds a session factory, or an annotated alias of either."""
    canonical = project.canonical(name, near)
    if canonical in SYNCHRONOUS_SESSIONS:
        return True
    found = project.find(canonical, near)
    if found is None or not isinstance(found.definition, VariableSummary):
        return False
    value = found.definition.value
    inner = (value.name, *_argument_names(value)) if isinstance(value, Call) else ()
    return any(project.canonical(n, found.module.name) in SYNCHRONOUS_SESSIONS for n in inner)


def _argument_names(call: Call) -> Iterator[str]:
    if call.subscript:
        yield from (argument.name for argument in call.arguments if isinstance(argument, Name))
