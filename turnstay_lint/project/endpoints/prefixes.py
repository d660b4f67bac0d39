"""The constants in which a service keeps the prefixes of its API (handbook 1, Path Prefixes)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span

API_PREFIX = regex(r"/api/v[1-9](?=/|$)")
"""The prefix of a version of the API, as the handbook has them."""


class PrefixConstant(Struct, frozen=True):
    """A constant that holds a prefix: the module that has it, its name and place there."""

    prefix: str
    module: ModuleSummary
    name: str
    span: Span

    @property
    def rank(self) -> tuple[int, bool, str, str]:
        """Return the sort key: the longest first, then those of a module called ``constants``."""
        module = self.module.name
        elsewhere = module.rpartition(".")[2] != "constants"
        return -len(self.prefix), elsewhere, module, self.name


@project_fact
def prefix_constants(project: Project) -> tuple[PrefixConstant, ...]:
    """Return the constants that hold an API's prefix, those first that are to be used first."""
    return tuple(sorted(_constants(project), key=lambda constant: constant.rank))


def _constants(project: Project) -> Iterator[PrefixConstant]:
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        for name, variable in module.variables.items():
            held = variable.value
            if isinstance(held, Literal) and isinstance(held.value, str):
                if name.isupper() and API_PREFIX.match(held.value):
                    yield PrefixConstant(held.value.rstrip("/"), module, name, variable.span)


def constant_for(project: Project, path: str) -> PrefixConstant | None:
    """Return the constant that holds the longest part of a path, or None."""
    constants = prefix_constants(project)
    return next((c for c in constants if f"{path}/".startswith(f"{c.prefix}/")), None)
