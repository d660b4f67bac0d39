"""The response schema that a service lacks for an ORM class: a field for each column to show."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.models.column_types import python_type
from turnstay_lint.project.models.models import OrmClass, OrmColumn
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import is_test
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.writing.schema_homes import BASE, Home, NotWritable, Schemas
from turnstay_lint.project.writing.spelling import import_path, imports_back
from turnstay_lint.source.types import Type

_SECRETS = frozenset(
    {
        "password", "passwd", "passphrase", "pwd", "secret", "token", "hash", "hashed", "digest",
        "key", "salt", "credential", "otp", "totp", "pin", "cvv", "cvc", "ssn", "signature",
        "nonce", "private", "encrypted",
    }
)  # fmt: skip


class SchemaField(Struct, frozen=True):
    """A field: its type, and whether it may be ``None``."""

    name: str
    type: Type
    optional: bool


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
    schemas = Schemas(project, here)
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
            yield SchemaField(column.name, importable(project, type_), column.may_be_none)


def importable(project: Project, type_: Type) -> Type:
    """Return a type whose names are those by which code imports them; raises NotWritable."""
    arguments = tuple(importable(project, argument) for argument in type_.arguments)
    symbol = project.find(type_.name) if "." in type_.name else None
    if symbol is None:
        return Type(type_.name, arguments)
    if "." in symbol.qualname:
        raise NotWritable(f"{symbol.qualname} is no name to import")
    return Type(f"{import_path(project, symbol, symbol.qualname)}.{symbol.qualname}", arguments)


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
