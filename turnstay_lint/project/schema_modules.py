"""The modules of request and of response schemas, and the base class of each (handbook 4).

``schemas/requests.py`` and ``schemas/responses.py``; a service that has outgrown them keeps
packages of these names, or modules such as ``schemas/account_requests.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from turnstay_lint.project.places import is_test
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.schemas import is_schema
from turnstay_lint.project.summary import ClassSummary

BASE_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel"})
_PLACE = re.compile(
    r"(^|/)schemas?/(?:\w+/)*?(?:\w+_(request|response)s|(request|response)s?)(?:\.py$|/)"
)
_PLAIN_WORDS = re.compile(
    r"_?(?:Abstract|Api|API|App|Base|Body|Camel|Common|Config|Custom|Frozen|Input|Model|Orm|ORM"
    r"|Output|Payload|Pydantic|Request|Response|Schema|Strict)+"
)


class Kind(Enum):
    """What a module of schemas holds."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def base(self) -> str:
        """Return what the handbook calls the base class of these schemas."""
        return f"Base{self.value.title()}"


def kind_of(path: str) -> Kind | None:
    """Return which schemas the module at a path is for, or None for any other module."""
    found = _PLACE.search(path)
    if found is None or is_test(path):
        return None
    return Kind(found.group(2) or found.group(3))


def is_direct(project: Project, symbol: Symbol) -> bool:
    """Tell whether a class derives from Pydantic's own base class itself."""
    definition = symbol.definition
    return isinstance(definition, ClassSummary) and any(
        project.canonical(base.name, symbol.module.name) in BASE_MODELS for base in definition.bases
    )


@project_fact
def _bases(project: Project, kind: Kind) -> tuple[Symbol, ...]:
    """The base classes of the schemas of a kind; one that is called so comes first."""
    named = [s for s in _schemas(project) if s.qualname == kind.base and "schema" in s.module.path]
    here = [s for s in _schemas(project) if kind_of(s.module.path) is kind]
    parents = {
        project.canonical(base.name, symbol.module.name)
        for symbol in here
        if isinstance(symbol.definition, ClassSummary)
        for base in symbol.definition.bases
    }
    like = [
        symbol
        for symbol in here
        if symbol.name in parents
        and is_direct(project, symbol)
        and _PLAIN_WORDS.fullmatch(symbol.qualname)
    ]
    return tuple({symbol.name: symbol for symbol in (*named, *like)}.values())


def _schemas(project: Project) -> Iterator[Symbol]:
    for symbol in project.classes():
        if not is_test(symbol.module.path):
            if is_schema(project, symbol.name, symbol.module.name):
                yield symbol


def bases_in(project: Project, kind: Kind, path: str) -> Iterator[Symbol]:
    """Yield the base classes of a kind that the module at a path declares."""
    yield from (symbol for symbol in _bases(project, kind) if symbol.module.path == path)


def is_base(project: Project, kind: Kind, name: str) -> bool:
    """Tell whether a class, by its canonical name, is the base of the schemas of a kind."""
    return any(symbol.name == name for symbol in _bases(project, kind))


def base_for(project: Project, kind: Kind, module: str) -> Symbol | None:
    """Return the base class of a kind that a module of the service should use, or None.

    Its own comes first, then the one of the nearest module.
    """

    def distance(symbol: Symbol) -> tuple[int, bool]:
        here, there = module.split("."), symbol.module.name.split(".")
        shared = next(
            (n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b),
            min(len(here), len(there)),
        )
        return -shared, symbol.qualname != kind.base

    return min(_bases(project, kind), key=distance, default=None)
