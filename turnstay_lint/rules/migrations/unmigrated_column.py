"""### What it does

Finds mapped tables and columns that no revision of the service ever creates: `alembic check`,
without a database.

### Why

The model promises what the database does not have, and every query of the table fails once it is
deployed; tests that create their tables from the models do not notice (handbook 9, Creating
Migrations: modify the models, then generate the migration).

### Bad

```python
# app/models.py
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(200))


# alembic/versions/0001_create_vouchers.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(), server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime(), server_default=sa.func.now()),
    )


def downgrade():
    op.drop_table("vouchers")
```

### Good

```python
# app/models.py
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(200))


# alembic/versions/0001_create_vouchers.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(), server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime(), server_default=sa.func.now()),
        sa.Column("note", sa.String(200), nullable=True),
    )


def downgrade():
    op.drop_table("vouchers")
```

### Fix safety

There is no fix: `alembic revision --autogenerate` writes the revision, from a database.

### Options

None.

### Known limits

All revisions are taken together, whatever their order and environment, so that a column that is
created and dropped again counts. Nothing is said where a chain has gaps, where a revision calls
helpers of other files that could not be followed or creates what `metadata` has, of a table whose
columns were not all read, of a name that stands in a revision of which something could not be read,
and of classes whose table or bases are not known. Types are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.migrations.migrated_schema import MigratedSchema, migrated_schema
from turnstay_lint.project.models.models import OrmClass, OrmColumn, OrmModels, orm_models
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span

_REASON = "`alembic revision --autogenerate` writes the revision"


def find_unmigrated_columns(look: Look) -> Iterator[Finding]:
    """Yield the mapped tables and columns of a file that no revision creates."""
    if is_apart(look.source.path):
        return
    models = orm_models(look.project)
    own = [model for model in models.classes.values() if model.path == look.source.path]
    schema = migrated_schema(look.project) if own else None
    if schema is None:
        return
    for model in own:
        tables = _tables(model, models, schema)
        if not tables:
            continue
        if not schema.makes_table(tables[0]):
            yield look.finding(
                _head(look, model),
                f"no revision creates the table `{tables[0]}`",
                help="Generate the migration, and review it",
                unfixable=_REASON,
            )
        elif model.complete:
            yield from _columns(look, model, tables, schema)


def _tables(model: OrmClass, models: OrmModels, schema: MigratedSchema) -> list[str]:
    """Return the table of a class and those of its parents, on which its columns may be.

    Where a base computes the name, it is that of a table which is called like the class.
    """
    parents = [models.classes[name] for name in model.parents if name in models.classes]
    own, *others = [one.table or schema.called_like(one.short) for one in (model, *parents)]
    return [own, *filter(None, others)] if own else []


def _columns(
    look: Look, model: OrmClass, tables: list[str], schema: MigratedSchema
) -> Iterator[Finding]:
    for column in model.columns.values():
        if any(schema.makes_column(table, column.key) for table in tables):
            continue
        yield look.finding(
            _place(look, model, column),
            f"no revision adds the column `{tables[0]}.{column.key}`",
            help="Generate the migration, and review it",
            unfixable=_REASON,
        )


def _place(look: Look, model: OrmClass, column: OrmColumn) -> Span:
    """Return where a column is declared, or the class where a mixin declares it."""
    here = column.path == look.source.path and model.span.holds(column.span)
    return column.span if here and column.span != model.span else _head(look, model)


def _head(look: Look, model: OrmClass) -> Span:
    """Return the first line of a class or table, from its first character."""
    span = model.span
    end = len(look.source.lines.line(span.line).rstrip()) if span.end_line > span.line else None
    return Span(span.line, span.column, span.line, end) if end is not None else span


RULE = Rule(
    code="TSL909",
    name="unmigrated-column",
    severity=Severity.WARNING,
    check=find_unmigrated_columns,
    triggers=("Column", "mapped_column", "Mapped", "Field", "Table", "__tablename__"),
    default=False,
    uses_project=True,
)
