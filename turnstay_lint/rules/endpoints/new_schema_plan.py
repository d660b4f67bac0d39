"""What a fix does elsewhere to write a response schema that the service lacks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere
from turnstay_lint.project.writing.new_schemas import NewSchema
from turnstay_lint.project.writing.schema_homes import BASE
from turnstay_lint.rules.package_plan import WritePackage


class WriteSchema(Struct, frozen=True):
    """Write the class into its module."""

    schema: NewSchema


class ExportSchema(Struct, frozen=True):
    """Let a package import the class from its module; ``listed`` as its ``__all__`` has others."""

    module: str
    name: str
    listed: bool


def written_elsewhere(schemas: tuple[NewSchema, ...]) -> tuple[Elsewhere, ...]:
    """Return the parts of a change set that write schemas."""
    return tuple(dict.fromkeys(part for schema in schemas for part in _parts(schema)))


def _parts(schema: NewSchema) -> Iterator[Elsewhere]:
    home = schema.home
    for package in home.packages:
        yield Elsewhere(package, WritePackage(), created=True)
    adds = schema.name if schema.base else BASE
    yield Elsewhere(home.path, WriteSchema(schema), adds, home.created)
    if home.exported:
        export = ExportSchema(home.module, schema.name, home.listed)
        yield Elsewhere(home.exported, export, schema.name)
