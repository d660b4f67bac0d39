"""Whether a commit expires what sessions hold: so it does unless their maker says otherwise.

https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#asyncio-orm-avoid-lazyloads has the
advice to say ``expire_on_commit=False``. Only proof counts: every maker that a module holds must
leave it out, and no function may make a session, or a maker, of its own.
"""

from __future__ import annotations

from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.values import Call, Literal, Name, calls_within

_MAKERS = frozenset({"sessionmaker", "async_sessionmaker"})
_SESSIONS = frozenset({"AsyncSession", "Session"})


@noted_fact
def expires_on_commit(project: Project) -> bool:
    """Tell whether every session of the service provably forgets its objects on commit."""
    found = False
    making = _spelled(project, _MAKERS | _SESSIONS)
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        calling = () if making.isdisjoint(module.called) else module.functions.values()
        for name in (name for function in calling for name in function.calls):
            if name.rpartition(".")[2] in making:
                if _is_one_of(project, name, module.name, _MAKERS | _SESSIONS):
                    return False
        for variable in module.variables.values():
            for call in calls_within(variable.value):
                if not _is_one_of(project, call.name, module.name, _MAKERS):
                    continue
                if call.has_unknown_keywords or not _expires(call):
                    return False
                found = True
    return found


def _spelled(project: Project, names: frozenset[str]) -> frozenset[str]:
    """Return bare names with what modules call them otherwise, that others may import."""
    found = set(names)
    for module in project.modules.values():
        for local, target in module.imports.items():
            if target.rpartition(".")[2] in names:
                found.add(local)
        for variable in module.variables.values():
            if isinstance(variable.value, Name) and variable.value.name.rpartition(".")[2] in names:
                found.add(variable.name)
    return _spelled(project, frozenset(found)) if len(found) > len(names) else names


def _expires(call: Call) -> bool:
    return call.keyword("expire_on_commit") in (None, Literal(True))


def _is_one_of(project: Project, name: str, near: str, wanted: frozenset[str]) -> bool:
    canonical = project.canonical(name, near)
    last = canonical.rpartition(".")[2]
    return last in wanted and canonical.startswith(("sqlalchemy.", "sqlmodel."))
