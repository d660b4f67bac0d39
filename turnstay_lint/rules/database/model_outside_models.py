"""### What it does

Finds ORM classes outside the models module or package.

### Why

Who looks for a table looks into `models.py` (handbook, Quick Reference Checklist: add the model
class to `models.py`), and so does Alembic: a model in a module that its `env.py` does not import
gets no migration.

### Bad

```python
# app/api/utils/voucher_utils.py
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
```

### Good

```python
# app/models/voucher.py
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
```

### Fix safety

There is no fix: which module the class belongs to, and what imports it for Alembic, is a decision.

### Options

`models-modules` are the names of modules and packages that hold models: `models`, and `model` and
`orm` as other services have it. A module that is called `<domain>_models` is one as well.

### Known limits

Silent in tests, migrations, scripts and examples, of abstract bases and mixins, of `Table` objects,
in a fragment whose base class nothing imports, in functions, and under `if TYPE_CHECKING`. Silent
too of a heir of a model whose body says nothing but types under `if TYPE_CHECKING`: it adds nothing
to the table that it shares.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.writing.spelling import for_type_checking
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.import_blocks import is_type_checking
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_REASON = "which module it belongs to, and what imports it for Alembic, is a decision"


def find_models_outside_models(look: Look) -> Iterator[Finding]:
    """Yield the mapped classes of a module that is no models module."""
    source = look.source
    if is_apart(source.path) or is_revision(source) or _holds_models(look):
        return
    models = orm_models(look.project).classes
    for scope in source.index.classes:
        model = models.get(f"{scope.module}.{scope.qualname}")
        if model is None or scope.function is not None or not _has_known_base(scope):
            continue
        if scope.node in for_type_checking(source) or _says_only_types(scope, model):
            continue
        yield look.finding(
            _head(look, scope),
            f"`{scope.name}` is a model outside the models module",
            scope=scope,
            help="Keep models in `models.py`, or in the package `models`",
            unfixable=_REASON,
        )


def _holds_models(look: Look) -> bool:
    """Tell whether the file is a models module, or lies in a package of models."""
    names = look.settings.models_modules
    return any(
        part in names or part.endswith(("_models", "_model"))
        for part in look.source.module.split(".")
    )


def _says_only_types(scope: Scope, model: OrmClass) -> bool:
    """Tell whether a heir of a mapped class has a body of types for the type checker alone."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    said = [s for s in node.body if not _is_nothing(s)]
    return bool(model.parents) and bool(said) and all(map(is_type_checking, said))


def _is_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
    return False


def _has_known_base(scope: Scope) -> bool:
    """Tell whether the file binds what the class derives from: a fragment does not."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    around = scope.parent or scope
    for base in node.bases:
        root: ast.expr = base
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name) and around.lookup(root.id) is not None:
            return True
    return False


def _head(look: Look, scope: Scope) -> Span:
    """Return the first line of a class, from its first character."""
    span = look.source.span(scope.node)
    if span.end_line == span.line:
        return span
    return Span(span.line, span.column, span.line, len(look.source.lines.line(span.line).rstrip()))


RULE = Rule(
    code="TSL317",
    name="model-outside-models",
    severity=Severity.WARNING,
    check=find_models_outside_models,
    triggers=("__tablename__", "mapped_column", "Mapped", "Column", "SQLModel", "Relationship"),
    uses_project=True,
    in_tests=False,
)
