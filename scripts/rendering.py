"""Render each revision of a folder as the SQL that Alembic would send, without a database.

    python rendering.py FOLDER OUTPUT

Run by ``squawk.py`` in an environment of its own. What a revision imports and is not installed
there, above all its own service, is a stand-in: a type of no importance, a function that does
nothing. What could be rendered up to some error only, because it asks a database, is said in
``OUTPUT/left_out.json`` by file and direction.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations


class _Anything(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything

    def __iter__(cls) -> Any:
        return iter(())


class Anything(sa.types.UserDefinedType[Any], metaclass=_Anything):
    """Stands in for a thing of the service: a type, a base class, a function, a constant."""

    cache_ok = True
    __tablename__ = ""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """Take anything."""

    def get_col_spec(self, **keywords: Any) -> str:
        """Return a type that every table may have."""
        return "text"


class _Module(types.ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what nobody else finds."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec:
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it as it is."""


def rendered(path: Path, direction: str) -> tuple[str, str]:
    """Return the SQL of one direction of a revision, and the error that ended it early."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        return "", f"{type(error).__name__}: {error}".partition("\n")[0]
    buffer = io.StringIO()
    options = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    try:
        with context.begin_transaction(), Operations.context(context):
            getattr(module, direction)()
    except Exception as error:
        return buffer.getvalue(), f"{type(error).__name__}: {error}".partition("\n")[0]
    return buffer.getvalue(), ""


def main(folder: Path, output: Path) -> None:
    """Render all revisions of a folder."""
    sys.meta_path.append(_Finder())
    left_out: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if "down_revision" not in path.read_text(encoding="utf-8"):
            continue
        for direction in ("upgrade", "downgrade"):
            name = f"{path.stem}.{direction}"
            sql, error = rendered(path, direction)
            (output / f"{name}.sql").write_text(sql, encoding="utf-8")
            if error:
                left_out[name] = error
    (output / "left_out.json").write_text(json.dumps(left_out, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
