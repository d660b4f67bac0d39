"""### What it does

Finds declarative bases without `created_at` or `updated_at`, whose models have none either.

### Why

When a row came to be and when it changed is asked of every table sooner or later, and cannot be
told afterwards (handbook, Quick Reference Checklist: include `created_at` and `updated_at` from
Base).

### Bad

```python
# app/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
```

### Good

```python
# app/models.py
import datetime

from sqlalchemy import DateTime, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    created_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    updated_at: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
```

### Fix safety

There is no fix: every table needs a migration, and whoever has rows decides what they get.

### Options

None.

### Known limits

Silent where every model of the base has both from elsewhere, a mixin or a base between, and where
the base has no model, or one of which not all is known, or is made with `cls=`. Silent in tests and
migrations, and of a base whose every table a model of another base has too: it is a picture of the
tables as they once were, which migrations start from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.models.models import OrmClass, orm_classes
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span

_TIMESTAMPS = ("created_at", "updated_at")
_BASES = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
_FACTORIES = (
    "sqlalchemy.orm.declarative_base",
    "sqlalchemy.ext.declarative.declarative_base",
)
_REASON = "each of its tables needs a migration, and a value in the rows that are there"


def find_bases_without_timestamps(look: Look) -> Iterator[Finding]:
    """Yield the declarative bases of a file that give their models no timestamps."""
    if is_apart(look.source.path) or is_revision(look.source):
        return
    for name, at in _bases(look):
        models = _models_by_base(look.project).get(name, ())
        lacking = [t for t in _TIMESTAMPS if any(t not in m.columns for m in models)]
        if not lacking or not all(model.complete for model in models):
            continue
        if _are_pictures(look.project, models):
            continue
        without = [m for m in models if any(t not in m.columns for t in lacking)]
        some = ", ".join(sorted(m.short for m in without)[:3])
        yield look.finding(
            at,
            f"`{name.rpartition('.')[2]}` gives its models no {' and no '.join(lacking)}",
            help=f"Declare them in the base: {some} {'have' if len(without) > 1 else 'has'} none",
            unfixable=_REASON,
        )


def _are_pictures(project: Project, models: Sequence[OrmClass]) -> bool:
    """Tell whether every table of some models is the table of others, too, elsewhere."""
    pictured = {model.path for model in models}
    elsewhere = {m.table for m in orm_classes(project) if m.table and m.path not in pictured}
    own = {m.table for m in models}
    return len(models) > 1 and len(pictured) == 1 and own < elsewhere


def _bases(look: Look) -> Iterator[tuple[str, Span]]:
    source = look.source
    for scope in source.index.classes:
        node = scope.node
        assert isinstance(node, ast.ClassDef)
        around = scope.parent or scope
        if any(resolve(base, around) in _BASES for base in node.bases):
            span = source.span(node)
            if span.end_line > span.line:
                end = len(source.lines.line(span.line).rstrip())
                span = Span(span.line, span.column, span.line, end)
            yield f"{scope.module}.{scope.qualname}", span
    for call, scope, _ in source.calls_of(*_FACTORIES):
        if any(keyword.arg in ("cls", None) for keyword in call.keywords):
            continue  # what that class has is not looked at
        for name, bindings in scope.bindings.items() if scope.is_module else ():
            if any(binding.value is call for binding in bindings):
                yield f"{scope.module}.{name}", source.span(call)


@project_fact
def _models_by_base(project: Project) -> dict[str, list[OrmClass]]:
    """Return the mapped classes by what they and their parents derive from."""
    found: dict[str, list[OrmClass]] = {}
    for model in orm_classes(project):
        if is_apart(model.path):
            continue
        bases: set[str] = set()
        for name in (model.name, *model.parents):
            symbol = project.find(name)
            if symbol is not None and isinstance(symbol.definition, ClassSummary):
                near = symbol.module.name
                bases |= {project.canonical(b.name, near) for b in symbol.definition.bases}
        for base in bases:
            found.setdefault(base, []).append(model)
    return found


RULE = Rule(
    code="TSL318",
    name="base-without-timestamps",
    severity=Severity.WARNING,
    check=find_bases_without_timestamps,
    triggers=("DeclarativeBase", "DeclarativeBaseNoMeta", "declarative_base"),
    uses_project=True,
    in_tests=False,
)
