"""### What it does

Finds foreign keys that lead no index, unique constraint or primary key.

### Why

PostgreSQL makes no index for a foreign key: a join over it, and the deletion of what it refers to,
read the whole table (handbook, Quick Reference Checklist: define proper indexes).

### Bad

```python
# app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
```

### Good

```python
# app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"), index=True)
```

### Fix safety

Unsafe: `index=True` needs a migration, and an index takes room and time where rows are written.

### Options

None.

### Known limits

Opt-in: a small table needs no index, which only its rows tell. Columns of the class itself are
looked at, in `Table` objects none. `**kwargs` may say anything, and so may `__table_args__` that
are not written out; nothing is said then. An index that a migration alone makes is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, unsafe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_LEADING = {"Index": 1, "UniqueConstraint": 0, "PrimaryKeyConstraint": 0}
"""Where the columns begin among the arguments: an index has its name first."""
_KNOWN = frozenset({"CheckConstraint", "ForeignKeyConstraint", "ExcludeConstraint"})


class AddIndex(Struct, frozen=True):
    """The column gets ``index=True``."""


def find_unindexed_foreign_keys(look: Look) -> Iterator[Finding]:
    """Yield the foreign keys of a file's models that nothing indexes."""
    if is_test(look.source.path) or is_revision(look.source):
        return
    models = orm_models(look.project).classes
    for scope in look.source.index.classes:
        model = models.get(f"{scope.module}.{scope.qualname}")
        if model is None or not isinstance(scope.node, ast.ClassDef):
            continue
        led = _led(model, scope.node, scope, look)
        if led is None:
            continue
        for name, call in _columns(scope.node):
            column = model.columns.get(name)
            if column is None or not column.foreign_keys or column.unique:
                continue
            if {name, column.key} & led or not _says_no_index(call):
                continue
            yield look.finding(
                call,
                f"`{scope.name}.{name}` is a foreign key that leads no index",
                scope=scope,
                help="Index it: joins over it read the whole table",
                fix=unsafe("Add index=True", AddIndex(), "the index needs a migration"),
            )


def _columns(node: ast.ClassDef) -> Iterator[tuple[str, ast.Call]]:
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                yield name, call
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                yield name, call


def _says_no_index(call: ast.Call) -> bool:
    """Tell whether a column says of itself that it has no index."""
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg == "sa_column":
            return False
        if keyword.arg in ("index", "unique"):
            return isinstance(keyword.value, ast.Constant) and not keyword.value.value
    return True


def _led(model: OrmClass, node: ast.ClassDef, scope: Scope, look: Look) -> set[str] | None:
    """Return the columns that lead something, None where that is not all written out."""
    led = set(model.primary_key[:1])
    for symbol in look.project.lineage(model.name):
        assert isinstance(symbol.definition, ClassSummary)
        arguments = symbol.definition.attribute("__table_args__")
        if arguments is not None and symbol.name != model.name:
            return None
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__table_args__":
            return None
        match statement:
            case ast.Assign(targets=[ast.Name(id="__table_args__")], value=value):
                found = _leading_of(value, scope)
                if found is None:
                    return None
                led |= found
    return led


def _leading_of(value: ast.expr, scope: Scope) -> set[str] | None:
    if isinstance(value, ast.Dict):
        return set()
    if not isinstance(value, ast.Tuple | ast.List):
        return None
    found: set[str] = set()
    for element in value.elts:
        if isinstance(element, ast.Dict):
            continue
        name = resolve(element.func, scope) if isinstance(element, ast.Call) else None
        last = (name or "").rpartition(".")[2]
        if not isinstance(element, ast.Call) or (last not in _LEADING and last not in _KNOWN):
            return None
        columns = element.args[_LEADING[last] :] if last in _LEADING else []
        match columns[:1]:
            case [ast.Constant(value=str(column))] | [ast.Name(id=column)]:
                found.add(column)
    return found


RULE = Rule(
    code="TSL311",
    name="unindexed-foreign-key",
    severity=Severity.WARNING,
    check=find_unindexed_foreign_keys,
    triggers=("ForeignKey",),
    default=False,
    uses_project=True,
    in_tests=False,
)
