"""The response schema that a service lacks for an ORM class: its fields, and where it belongs.

The handbook has responses in ``schemas/responses.py``, each a ``BaseResponse`` (section 4); where
a service keeps them otherwise, the new one goes to the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from turnstay_lint.project.column_types import python_type
from turnstay_lint.project.models import OrmClass, OrmColumn
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas import importable_name, is_schema, is_test
from turnstay_lint.project.spelling import import_path, imports_back
from turnstay_lint.project.summary import ModuleSummary
from turnstay_lint.project.tenancy import tenancy
from turnstay_lint.source.types import Type

BASE = "BaseResponse"
_SECRETS = frozenset(
    {
        "password", "passwd", "passphrase", "pwd", "secret", "token", "hash", "hashed", "digest",
        "key", "salt", "credential", "otp", "totp", "pin", "cvv", "cvc", "ssn", "signature",
        "nonce", "private", "encrypted",
    }
)  # fmt: skip
_FEW = 2


class NotWritable(Exception):
    """No schema can be written; the message says why, in words for the user."""


class SchemaField(Struct, frozen=True):
    """A field: its type, and whether it may be ``None``."""

    name: str
    type: Type
    optional: bool


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


class NewSchema(Struct, frozen=True):
    """A schema to write; ``base`` is the module of its base class, empty where that is new too."""

    name: str
    home: Home
    base: str
    fields: tuple[SchemaField, ...]

    @property
    def dotted(self) -> str:
        """Return the name by which code will import it."""
        return f"{self.home.importable}.{self.name}"


def new_schema(project: Project, model: OrmClass, near: str) -> NewSchema:
    """Return the schema of an ORM class for code in ``near``; raises NotWritable."""
    here = project.module(near, near) or project.modules.get(near)
    if here is None or is_test(here.name):
        raise NotWritable("tests have schemas of their own")
    name = f"{model.short}Response"
    fields = tuple(_fields(project, model))
    schemas = _Schemas(project, here)
    home = schemas.home(model)
    there = project.module(home.module, near)
    if there is not None and _binds(there, name):
        raise NotWritable(f"{name} is something else in {home.path}")
    if there is not None and there.name == here.name:
        raise NotWritable("the service's schemas stand in this very module")
    if there is not None and imports_back(project, there, near):
        raise NotWritable(f"{home.module} imports this module")
    base = schemas.base()
    if not base and there is not None and _binds(there, BASE):
        raise NotWritable(f"{BASE} is no schema in {home.path}")
    _check_names(project, fields, home)
    return NewSchema(name, home, base, fields)


def _fields(project: Project, model: OrmClass) -> Iterator[SchemaField]:
    if not model.complete:
        raise NotWritable(f"{model.short} has a base of which nothing is known")
    shown = [column for column in model.columns.values() if _is_shown(project, model, column)]
    if not shown:
        raise NotWritable(f"no column of {model.short} is one to show")
    for column in sorted(shown, key=lambda column: not column.primary_key):
        type_ = python_type(project, column)
        if type_ is None:
            raise NotWritable(f"the type of {model.short}.{column.name} cannot be read")
        if type_ != Type("builtins.bytes"):
            yield SchemaField(column.name, type_, column.may_be_none)


def _is_shown(project: Project, model: OrmClass, column: OrmColumn) -> bool:
    """Leave out whose row it is, what looks secret, and what an async session cannot load late."""
    if column.late or column.name.startswith("_"):
        return False
    ownership = tenancy(project).ownership(model.name)
    own_key = ownership is not None and ownership.is_tenant and column.primary_key
    if tenancy(project).is_tenant_column(model.name, column.name) and not own_key:
        return False
    return not looks_secret(column.name)


def looks_secret(name: str) -> bool:
    """Tell whether a column's name speaks of what only its owner may know."""
    words = {word.removesuffix("s") for word in name.lower().split("_")}
    words |= set(name.lower().split("_"))
    return bool(words & _SECRETS) or any(
        name.lower().replace("_", "").endswith(secret) for secret in ("password", "secret", "token")
    )


def _check_names(project: Project, fields: tuple[SchemaField, ...], home: Home) -> None:
    """A field called as a type hides it from the fields below; a type may import the schemas."""
    there = project.module(home.module)
    local = set(there.imports) if there is not None else set()
    used = {root for field in fields for root in _roots(field.type, local)}
    for field in fields:
        if field.optional and field.name in used:
            raise NotWritable(f"the column {field.name} is called as a type is")
        for name in _names(field.type):
            symbol = project.find(name)
            if symbol is not None and there is not None:
                if imports_back(project, symbol.module, there.name):
                    raise NotWritable(f"{symbol.module.name} imports {home.module}")


def _names(type_: Type) -> Iterator[str]:
    yield type_.name
    for argument in type_.arguments:
        yield from _names(argument)


def _roots(type_: Type, local: set[str]) -> Iterator[str]:
    """Yield the names that annotations begin with; ``datetime`` is imported as a module."""
    for name in _names(type_):
        module, _, last = name.rpartition(".")
        yield last if module != "datetime" or last in local else module


def _binds(module: ModuleSummary, name: str) -> bool:
    return any(
        name in names
        for names in (module.classes, module.functions, module.variables, module.imports)
    )


class _Schemas:
    """Where the service around one module keeps its responses."""

    def __init__(self, project: Project, here: ModuleSummary) -> None:
        self._project = project
        parts = here.path.split("/")
        app = project.settings.app
        self._root = "/".join(parts[: parts.index(app) + 1]) + "/" if app in parts[:-1] else ""
        self._modules: dict[str, list[Symbol]] = {}
        self._bases: list[Symbol] = []
        for symbol in project.classes():
            if self._is_response(symbol):
                self._modules.setdefault(symbol.module.path, []).append(symbol)

    def _is_response(self, symbol: Symbol) -> bool:
        name, module = symbol.qualname, symbol.module
        if not name.endswith("Response") or not module.path.startswith(self._root):
            return False
        if is_test(module.name) or not is_schema(self._project, symbol.name, module.name):
            return False
        if name == BASE:
            self._bases.append(symbol)
        return name != BASE

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


def snake_case(name: str) -> str:
    """Return a class's name as variables are called: ``PaymentIntent`` as ``payment_intent``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower().strip("_")


def plural(word: str) -> str:
    """Return the plural of a name, by the rules that most English words keep to."""
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"
