"""The modules of request and of response schemas, and the base class of each (handbook 4).

``schemas/requests.py`` and ``schemas/responses.py``; a service that has outgrown them keeps
packages of these names, or modules such as ``schemas/account_requests.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from turnstay_lint.project.endpoints.bodies import answered, taken
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.schemas.schemas import importable_name, is_schema
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.source.patterns import regex

BASE_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel"})
_PLACE = regex(
    r"(^|/)schemas?/(?:\w+/)*?(?:\w+_(request|response)s|(request|response)s?)(?:\.py$|/)"
)
_RESPONSE = regex(r"\w+Response(?:[A-Z][a-z]+)*")
_PLAIN_WORDS = regex(
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
    named = [s for s in _schemas(project) if s.qualname == kind.base]
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


@project_fact
def _schemas(project: Project) -> tuple[Symbol, ...]:
    """Return the schemas of the modules, tests apart, that are called after them."""
    found = []
    for module in project.modules.values():
        if "schema" in module.path and not is_test(module.path):
            symbols = [Symbol(module, name, held) for name, held in module.classes.items()]
            found += [one for one in symbols if is_schema(project, one.name, module.name)]
    return tuple(found)


def bases_in(project: Project, kind: Kind, path: str) -> Iterator[Symbol]:
    """Yield the base classes of a kind that the module at a path declares."""
    yield from (symbol for symbol in _bases(project, kind) if symbol.module.path == path)


def is_base(project: Project, kind: Kind, name: str) -> bool:
    """Tell whether a class, by its canonical name, is the base of the schemas of a kind."""
    return name in _base_names(project, kind)


@project_fact
def _base_names(project: Project, kind: Kind) -> frozenset[str]:
    return frozenset(symbol.name for symbol in _bases(project, kind))


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


class SchemaHome(Struct, frozen=True):
    """The module that a schema of a kind goes to: its path, and how others import from it.

    ``packages`` are the ``__init__`` files that a module which is ``created`` needs.
    """

    module: str
    path: str
    importable: str
    created: bool = False
    packages: tuple[str, ...] = ()


def home_for(project: Project, kind: Kind, path: str) -> SchemaHome | None:
    """Return the module for the schemas of a kind that a file has; None where nobody can tell.

    Of several that of the same name is meant, else the one with most schemas.
    """
    parts, app = path.split("/"), project.settings.app
    if app not in parts[:-1]:
        return None
    root = "/".join(parts[: parts.index(app) + 1]) + "/"
    there = [
        module
        for module in project.modules.values()
        if module.path.startswith(root) and kind_of(module.path) is kind and not module.is_package
    ]
    if there:
        stem = parts[-1]
        best = max(there, key=lambda m: (m.path.endswith(f"/{stem}"), len(m.classes), m.path))
        return SchemaHome(best.name, best.path, importable_name(project, best.name))
    wanted = f"{root}schemas/{kind.value}s.py"
    dotted = wanted.removesuffix(".py").replace("/", ".").removeprefix("src.")
    paths = {module.path for module in project.modules.values()}
    package = f"{root}schemas/__init__.py"
    missing = (package,) if f"{root}__init__.py" in paths and package not in paths else ()
    return SchemaHome(dotted, wanted, importable_name(project, dotted), True, missing)


def kind_of_schema(project: Project, symbol: Symbol) -> Kind | None:
    """Return what a schema is for, by its name, else by the endpoints that take or give it."""
    name = symbol.qualname.rpartition(".")[2]
    if name.endswith("Request"):
        return Kind.REQUEST
    if _RESPONSE.fullmatch(name):
        return Kind.RESPONSE
    takes, gives = symbol.name in taken(project), symbol.name in answered(project)
    if takes == gives:
        return None
    return Kind.REQUEST if takes else Kind.RESPONSE
