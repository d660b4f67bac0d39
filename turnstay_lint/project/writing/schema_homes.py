"""Where a service keeps its response schemas, and where one more of them belongs.

The handbook has them in ``schemas/responses.py`` (section 4). Others have a module for each model,
or a package that names them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from turnstay_lint.project.models.models import OrmClass
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.schemas.schemas import importable_name, is_schema, is_test
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.writing.identifiers import plural, snake_case
from turnstay_lint.project.writing.spelling import import_path

BASE = "BaseResponse"
_FEW = 2


class NotWritable(Exception):
    """What a service lacks cannot be written; the message says why, in words for the user."""


class Home(Struct, frozen=True):
    """The module that a schema goes to; ``exported`` is the path of a package that names it too.

    ``importable`` is the module that others import it from, ``created`` says that the file is not
    there yet, ``packages`` are the ``__init__`` files that it then needs.
    """

    module: str
    path: str
    importable: str
    exported: str = ""
    listed: bool = False
    created: bool = False
    packages: tuple[str, ...] = ()


@project_fact
def _responses(project: Project) -> list[Symbol]:
    """Every response schema of the service, those of its tests left out."""
    return [
        symbol
        for symbol in project.classes()
        if symbol.qualname.endswith("Response")
        and not is_test(symbol.module.name)
        and is_schema(project, symbol.name, symbol.module.name)
    ]


class Schemas:
    """Where the service around one module keeps its responses."""

    def __init__(self, project: Project, here: ModuleSummary) -> None:
        self._project = project
        parts = here.path.split("/")
        app = project.settings.app
        self._root = "/".join(parts[: parts.index(app) + 1]) + "/" if app in parts[:-1] else ""
        self._modules: dict[str, list[Symbol]] = {}
        self._bases: list[Symbol] = []
        for symbol in _responses(project):
            if symbol.module.path.startswith(self._root):
                if symbol.qualname == BASE:
                    self._bases.append(symbol)
                else:
                    self._modules.setdefault(symbol.module.path, []).append(symbol)

    def base(self) -> str:
        """Return the module that the base class of responses is imported from, or an empty one."""
        if len(self._bases) > 1:
            raise NotWritable(f"several classes are called {BASE}")
        return import_path(self._project, self._bases[0], BASE) if self._bases else ""

    def home(self, model: OrmClass) -> Home:
        """Return the module for the schema of an ORM class; raises NotWritable."""
        known = sorted(self._modules, key=lambda path: (-len(self._modules[path]), path))
        if not known:
            return self._first_home()
        if len(known) == 1 or self._keeps_them_together(known[0]):
            return self._existing(self._modules[known[0]][0])
        own = self._of_model(model, known)
        return own or self._beside(model, known) or self._existing(self._modules[known[0]][0])

    def _keeps_them_together(self, path: str) -> bool:
        total = sum(map(len, self._modules.values()))
        return _FEW * len(self._modules[path]) > total and len(self._modules[path]) > _FEW

    def _first_home(self) -> Home:
        if self._bases:
            return self._existing(self._bases[0])
        if not self._root:
            raise NotWritable("the service has no response schemas to put it to")
        path = f"{self._root}schemas/responses.py"
        module = next((m for m in self._project.modules.values() if m.path == path), None)
        dotted = ".".join(PurePosixPath(path).with_suffix("").parts)
        dotted = dotted.removeprefix("src.")
        importable = importable_name(self._project, dotted)
        missing = self._missing_packages(path)
        return Home(dotted, path, importable, created=module is None, packages=missing)

    def _missing_packages(self, path: str) -> tuple[str, ...]:
        paths = {module.path for module in self._project.modules.values()}
        package = f"{path.rpartition('/')[0]}/__init__.py"
        regular = f"{self._root}__init__.py" in paths
        return (package,) if regular and package not in paths else ()

    def _existing(self, sibling: Symbol) -> Home:
        module = sibling.module
        importable = import_path(self._project, sibling, sibling.qualname)
        return self._exported(Home(module.name, module.path, importable), sibling)

    def _exported(self, home: Home, sibling: Symbol) -> Home:
        """A package that imports the siblings by name imports the new schema as well."""
        package = self._package_of(home.path)
        if package is None or package.path == home.path:
            return home
        named = {
            target
            for local, target in package.imports.items()
            if local == sibling.qualname
            and self._project.canonical(target, package.name) == sibling.name
        }
        through = importable_name(self._project, package.name)
        if not named:
            back = importable_name(self._project, home.module)
            return home if home.importable != through or package.stars else _from(home, back)
        listed = sibling.qualname in (package.exports or ())
        return Home(home.module, home.path, home.importable, package.path, listed, home.created)

    def _package_of(self, path: str) -> ModuleSummary | None:
        wanted = f"{path.rpartition('/')[0]}/__init__.py"
        return next((m for m in self._project.modules.values() if m.path == wanted), None)

    def _of_model(self, model: OrmClass, known: list[str]) -> Home | None:
        """Where each resource has a module of schemas, the model's own."""
        stems = set(_stems(model.short))
        for path in known:
            if set(_words(PurePosixPath(path).stem)) & stems:
                return self._existing(self._modules[path][0])
        return None

    def _beside(self, model: OrmClass, known: list[str]) -> Home | None:
        """A module called as those of other models are: ``note.py`` beside ``account.py``."""
        for path in known:
            pure = PurePosixPath(path)
            for sibling in self._modules[path]:
                other = _stems(sibling.qualname.removesuffix("Response"))
                for own, wanted in zip(_stems(model.short), other, strict=True):
                    if wanted in _words(pure.stem):
                        return self._created(sibling, str(pure.with_stem(
                            pure.stem.replace(wanted, own)
                        )))  # fmt: skip
        return None

    def _created(self, sibling: Symbol, path: str) -> Home | None:
        if any(module.path == path for module in self._project.modules.values()):
            return None
        package = sibling.module.name.rpartition(".")[0]
        module = f"{package}.{PurePosixPath(path).stem}"
        there = import_path(self._project, sibling, sibling.qualname)
        own = importable_name(self._project, module)
        through = there == importable_name(self._project, package)
        home = Home(module, path, there if through else own, created=True)
        return self._exported(home, sibling)


def _from(home: Home, importable: str) -> Home:
    return Home(home.module, home.path, importable, created=home.created)


def _stems(model: str) -> tuple[str, str]:
    """Return how files call a model, in the singular and in the plural."""
    snake = snake_case(model)
    return snake, plural(snake)


def _words(stem: str) -> Iterator[str]:
    """Yield what a file's name may say of a model: all of it, or without its last word."""
    yield stem
    yield stem.rpartition("_")[0]
