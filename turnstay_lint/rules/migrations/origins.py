"""Operations and columns that functions of other files make: shown there, and not changed.

A finding is at the call in the revision, so that what silences it stands there too. Several
revisions may call one function, which did what it does when they ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turnstay_lint.findings import Related
from turnstay_lint.frameworks.alembic.changes import Column
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.project.following import file_at
from turnstay_lint.rules.rule import Look


def origins(operations: Iterable[Operation], what: str) -> Iterator[Related]:
    """Yield where functions of other files make operations, each place once."""
    found = [o.origin for o in operations if o.origin is not None]
    places = dict.fromkeys((origin.path, origin.span) for origin in found)
    for path, span in places:
        yield Related(path, span, what)


def file_of(look: Look, column: Column) -> str:
    """Return the other file in which a column is written, empty where it is in this one.

    It is ``another file`` where nobody knows which.
    """
    if column.scope is None or column.scope.outermost is look.source.scope:
        return ""
    module = look.project.modules.get(column.scope.module)
    return module.path if module is not None else "another file"


def written_at(look: Look, column: Column, what: str) -> Iterator[Related]:
    """Yield the place in another file at which a column is written."""
    path = file_of(look, column)
    source = file_at(look.project, path) if path else None
    if source is not None and column.call is not None:
        yield Related(path, source.span(column.call), what)
