"""Whether a function may serve a tenant: the first way from one of its endpoints settles it.

``Callers.reach`` says by which endpoints, and so goes all ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turnstay_lint.project.calls.callers import Callers, callers, looks_after_rows
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.project import Project, project_fact

_MOST_CALLERS = 500
_NOBODY: tuple[str, ...] = ()


class Serving:
    """Goes from functions to their callers, one by one."""

    def __init__(self, project: Project) -> None:
        """Ask in a service."""
        self._routes = routes(project)
        self._callers: Callers = callers(project)
        self._serve: set[str] = set()

    def may_serve(self, name: str) -> bool:
        """Tell whether more may reach a function than what works for all tenants by design.

        Where that is not soon told, it may.
        """
        seen = {name}
        way: list[str] = []
        callers: list[Iterator[str]] = [iter((name,))]
        ends = False
        while callers:
            here = next(callers[-1], None)
            if here is None:
                callers.pop()
                if way:
                    way.pop()
                continue
            seen.add(here)
            further = self._beyond(here)
            if further is None or len(seen) > _MOST_CALLERS:
                self._serve.update(way)
                return True
            ends = ends or further is _NOBODY
            way.append(here)
            callers.append(caller for caller in further if caller not in seen)
        return not ends

    def _beyond(self, name: str) -> Iterable[str] | None:
        """Return who is to be asked instead of a function, None where it may serve a tenant."""
        if name in self._serve or self._callers.tenant_routes(name):
            return None
        if name in self._routes or self._callers.works_for_all(name):
            return _NOBODY
        callers = self._callers.callers_of(name) - {name}
        if callers:
            return callers
        return _NOBODY if looks_after_rows(name) else None


@project_fact
def serving(project: Project) -> Serving:
    """Return what says of a service's functions whether they may serve a tenant."""
    return Serving(project)
