"""### What it does

Finds models that declare `created_at` or `updated_at` although what they derive from does.

### Why

Every table has its timestamps from `Base` (handbook, Quick Reference Checklist: include
`created_at` and `updated_at` from Base). A declaration of one's own goes another way as soon as
the base's changes: another type, no time zone, nothing that sets it.

### Bad

```python
# app/core/database.py
import datetime

from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    created_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    updated_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


# app/models.py
import datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime)
```

### Good

```python
# app/core/database.py
import datetime

from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    created_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    updated_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


# app/models.py
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
```

### Fix safety

Unsafe: the column is then what the base says, which may need a migration. There is no fix where a
comment would be lost, and where nothing would be left of the class.

### Options

None.

### Known limits

Silent where a base could not be found, of classes without a table, and of a declaration that takes
a column away (`created_at = None`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, unsafe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span

TIMESTAMPS = ("created_at", "updated_at")


class RemoveColumn(Struct, frozen=True):
    """The statement of the finding goes; ``names`` are those that it says."""

    names: tuple[str, ...]


def find_redeclared_timestamps(look: Look) -> Iterator[Finding]:
    """Yield the timestamps that a model declares again."""
    if is_test(look.source.path) or is_revision(look.source):
        return
    models = orm_models(look.project).classes
    for scope in look.source.index.classes:
        model = models.get(f"{scope.module}.{scope.qualname}")
        node = scope.node
        if model is None or not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            name = _timestamp(statement)
            if not name or name not in model.columns:
                continue
            base = _declaring_base(look.project, model, name)
            if base is None:
                continue
            fix, reason = _fix(look, node, statement, base)
            yield look.finding(
                statement,
                f"`{scope.name}.{name}` is declared again: {base.qualname} has it",
                scope=scope,
                help=f"Take it from {base.qualname}",
                related=(_related(base, name),),
                fix=fix,
                unfixable=reason,
            )


def _timestamp(statement: ast.stmt) -> str:
    """Return which timestamp a statement gives a value of its own, or empty."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            none = isinstance(value, ast.Constant) and value.value is None
            return name if name in TIMESTAMPS and not none else ""
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name if name in TIMESTAMPS else ""
    return ""


def _declaring_base(project: Project, model: OrmClass, name: str) -> Symbol | None:
    """Return the nearest class above that declares the column."""
    for base in project.lineage(model.name):
        declared = _attribute(base, name) if base.name != model.name else None
        if declared is not None:
            return base if declared.value != Literal(None) else None
    return None


def _attribute(symbol: Symbol, name: str) -> AttributeSummary | None:
    definition = symbol.definition
    return definition.attribute(name) if isinstance(definition, ClassSummary) else None


def _related(base: Symbol, name: str) -> Related:
    declared = _attribute(base, name)
    span = declared.span if declared is not None else Span(1, 0, 1, 0)
    return Related(base.module.path, span, f"{base.qualname} declares {name}")


def _fix(
    look: Look, node: ast.ClassDef, statement: ast.stmt, base: Symbol
) -> tuple[Fix | None, str]:
    if len(node.body) == 1:
        return None, "nothing would be left of the class"
    span = look.source.span(statement)
    start = look.source.lines.offset(span.line, 0)
    end = look.source.lines.offset(span.end_line + 1, 0)
    if "#" in look.source.text[start:end]:
        return None, "a comment would be lost with it"
    names = sorted({n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} - {*TIMESTAMPS})
    caution = f"the column is then as {base.qualname} declares it, which may need a migration"
    return unsafe(f"Take it from {base.qualname}", RemoveColumn(tuple(names)), caution), ""


RULE = Rule(
    code="TSL312",
    name="redeclared-timestamp",
    severity=Severity.WARNING,
    check=find_redeclared_timestamps,
    triggers=TIMESTAMPS,
    uses_project=True,
    in_tests=False,
)
