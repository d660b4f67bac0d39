"""Whether a commit expires what sessions hold: so it does unless their maker says otherwise.

https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#asyncio-orm-avoid-lazyloads has the
advice to say ``expire_on_commit=False``. Only proof counts: every maker that a module holds must
leave it out, and no function may make a session, or a maker, of its own.
"""

from __future__ import annotations

from turnstay_lint.project.places import is_apart
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.values import Call, Literal, calls_within

_MAKERS = frozenset({"sessionmaker", "async_sessionmaker"})
_SESSIONS = frozenset({"AsyncSession", "Session"})


@project_fact
def expires_on_commit(project: Project) -> bool:
    """Tell whether every session of the service provably forgets its objects on commit."""
    found = False
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        for function in module.functions.values():
            if any(
                _is_one_of(project, c, module.name, _MAKERS | _SESSIONS) for c in function.calls
            ):
                return False
        for variable in module.variables.values():
            for call in calls_within(variable.value):
                if not _is_one_of(project, call.name, module.name, _MAKERS):
                    continue
                if call.has_unknown_keywords or not _expires(call):
                    return False
                found = True
    return found


def _expires(call: Call) -> bool:
    return call.keyword("expire_on_commit") in (None, Literal(True))


def _is_one_of(project: Project, name: str, near: str, wanted: frozenset[str]) -> bool:
    canonical = project.canonical(name, near)
    last = canonical.rpartition(".")[2]
    return last in wanted and canonical.startswith(("sqlalchemy.", "sqlmodel."))
