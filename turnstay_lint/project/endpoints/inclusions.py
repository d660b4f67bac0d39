"""Which router includes which: the chains from a router up to its application.

``include_router`` counts wherever it stands: at a module's top, or in the function that makes the
application. What a test includes in an application of its own says nothing of the service.
https://fastapi.tiangolo.com/tutorial/bigger-applications/ has the usual ways.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.values import Call, Name

INCLUDE = "include_router"


class Inclusion(Struct, frozen=True):
    """One ``parent.include_router(child, ...)``: ``near`` is the module in which it stands."""

    parent: str
    call: Call
    near: str


@project_fact
def inclusions(project: Project) -> Mapping[str, tuple[Inclusion, ...]]:
    """Return what includes each router, by its canonical name or that of what makes it."""
    found: dict[str, tuple[Inclusion, ...]] = {}
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        for call in (*module.statements, *module.inclusions):
            if isinstance(call, Call) and call.name.endswith(f".{INCLUDE}"):
                given = call.arguments[0] if call.arguments else call.keyword("router")
                if isinstance(given, Name | Call):
                    parent = project.canonical(call.name.rpartition(".")[0], module.name)
                    child = project.canonical(given.name, module.name)
                    made = Inclusion(parent, call, module.name)
                    found[child] = (*found.get(child, ()), made)
    return found
