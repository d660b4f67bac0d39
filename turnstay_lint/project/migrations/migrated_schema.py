"""All tables and columns that the revisions of a service make, in whatever order they do it.

Of several environments all is taken together. Where a chain is not whole, or an upgrade does what
could not be read, that is known too: it may have made what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import CallElsewhere
from turnstay_lint.project.migrations.calls_elsewhere import is_of_service, may_make_operations
from turnstay_lint.project.migrations.revision_steps import schema_steps_in
from turnstay_lint.project.migrations.revisions import link_of
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.schema_steps import (
    ANYTHING,
    CALLED,
    CALLED_BACK,
    COLUMN,
    COLUMNS,
    NAMED,
    RETABLED,
    TABLE,
)
from turnstay_lint.project.summaries.summary import ModuleSummary, SchemaStep


class MigratedSchema(Struct, frozen=True):
    """What all revisions make; the keys are names of tables without their schema.

    ``open`` are tables of which not all columns are known, ``anywhere`` columns of tables that
    are not known, ``named`` the words of revisions of which something could not be read.
    """

    tables: Mapping[str, frozenset[str]]
    columns: Mapping[str, frozenset[str]]
    open: frozenset[str]
    anywhere: frozenset[str]
    named: frozenset[str]

    def makes_table(self, table: str) -> bool:
        """Tell whether a revision makes a table, or may."""
        schema, _, bare = table.rpartition(".")
        if "" in self.tables or bare in self.named:
            return True
        made = self.tables.get(bare, frozenset())
        return bool(made) and (not schema or bool(made & {schema, ""}))

    def called_like(self, name: str) -> str:
        """Return the one table that is called like a class: ``Booking`` is of ``bookings``."""
        stem = name.lower()
        wanted = {stem, f"{stem}s", f"{stem}es", f"{stem.removesuffix('y')}ies"}
        found = [table for table in self.tables if table.replace("_", "").lower() in wanted]
        return found[0] if len(found) == 1 else ""

    def makes_column(self, table: str, column: str) -> bool:
        """Tell whether a revision makes a column, or may: of a table that none is known to make."""
        bare = table.rpartition(".")[2]
        if bare not in self.tables:
            return True
        if bare in self.open or "" in self.open or column in self.anywhere or "" in self.anywhere:
            return True
        made = self.columns.get(bare, frozenset())
        return column in made or "" in made or column in self.named


@project_fact
def migrated_schema(project: Project) -> MigratedSchema | None:
    """Return what the revisions make; None where there are none, or not all can be read."""
    revisions = [m for m in project.modules.values() if "down_revision" in m.variables]
    if not revisions or not _is_whole(revisions):
        return None
    steps = [(module, step) for module in revisions for step in schema_steps_in(project, module)]
    if any(_is_opaque(project, module, step) for module, step in steps):
        return None
    return _joined([step for _, step in steps])


def _is_whole(revisions: list[ModuleSummary]) -> bool:
    links = [link_of(module) for module in revisions]
    known = {link.revision for link in links if link is not None}
    return all(link is not None and link.readable and {*link.parents} <= known for link in links)


def _is_opaque(project: Project, module: ModuleSummary, step: SchemaStep) -> bool:
    if step.what in (CALLED, CALLED_BACK):
        asked = is_of_service(project, step.name)
        return asked and may_make_operations(project, CallElsewhere(step.name), module.name)
    return step.what == ANYTHING


def _joined(steps: list[SchemaStep]) -> MigratedSchema:
    tables: dict[str, set[str]] = {}
    columns: dict[str, set[str]] = {}
    opened: set[str] = set()
    for step in steps:
        schema, _, bare = step.table.rpartition(".")
        if step.what == TABLE:
            tables.setdefault(bare, set()).add(schema)
        elif step.what == COLUMN:
            columns.setdefault(bare, set()).add(step.name)
        elif step.what == COLUMNS:
            opened.add(bare)
    for old, new, schema in _renamings(steps):
        tables.setdefault(new, set()).add(schema)
        columns.setdefault(new, set()).update(columns.get(old, ()))
        if old in opened:
            opened.add(new)
    return MigratedSchema(
        {table: frozenset(schemas) for table, schemas in tables.items()},
        {table: frozenset(names) for table, names in columns.items()},
        frozenset(opened),
        frozenset(columns.get("", ())),
        frozenset(step.name for step in steps if step.what == NAMED),
    )


def _renamings(steps: list[SchemaStep]) -> Iterator[tuple[str, str, str]]:
    """Yield the renamings of tables as often as a table may have been renamed before."""
    pairs = [step for step in steps if step.what == RETABLED]
    for _ in pairs:
        for step in pairs:
            schema, _, new = step.name.rpartition(".")
            yield step.table.rpartition(".")[2], new, schema
