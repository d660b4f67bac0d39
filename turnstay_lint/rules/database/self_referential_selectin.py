"""### What it does

Finds relationships of a class with itself that are declared to load ahead (`selectin`, `joined`,
`subquery`) and do not say how deep: without `join_depth=` SQLAlchemy stops before the first step,
so that nothing is loaded at all. The reverse side that `backref(...)` makes counts as well.

### Why

`lazy="selectin"` is there so that reading the relationship works in async code (handbook 3,
Database Query Best Practices); here it changes nothing, and reading it raises `MissingGreenlet`
as if it were lazy.

### Bad

```python
# app/models.py
from sqlalchemy.orm import Mapped, relationship

from app.core.database import Base


class Node(Base):
    children: Mapped[list["Node"]] = relationship("Node", lazy="selectin")
```

### Good

```python
# app/models.py
from sqlalchemy.orm import Mapped, relationship

from app.core.database import Base


class Node(Base):
    children: Mapped[list["Node"]] = relationship("Node", lazy="selectin", join_depth=1)
```

### Fix safety

Unsafe: `join_depth=1` loads one level, a further query for each object that is loaded; how deep
the service needs it, a person knows. Reading deeper still raises.

### Options

None.

### Known limits

Silent in a service that provably has synchronous sessions alone (reading loads there), where
`**kwargs` may say how deep, and where `lazy=` is an expression that cannot be read. Only a class
that names itself is seen: not a relationship to its parent class, nor a ring of several classes.
`immediate` is left out, since it follows some sides and not others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.frameworks.relationships import BACKREF, Form, Relationship
from turnstay_lint.project.constants import constant_of
from turnstay_lint.project.models.concurrency import is_synchronous
from turnstay_lint.project.schemas.declared_relationships import declared_relationships
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve

AHEAD = {"selectin": "selectin", "joined": "joined", "subquery": "subquery", False: "joined"}
"""What `lazy=` is given for loading ahead, and what SQLAlchemy calls it."""
_CAUTION = "each object is loaded with one level more; reading deeper raises"


class LimitDepth(Struct, frozen=True):
    """Which sides of the relationship at the finding need `join_depth=1`."""

    forward: bool
    reverse: bool
    form: Form = Form.RELATIONSHIP


def find_self_referential_selectins(look: Look) -> Iterator[Finding]:
    """Yield the self-references that are to be loaded ahead and are not."""
    if is_revision(look.source):
        return
    for relationship in declared_relationships(look.project, look.source):
        if not relationship.is_self_reference:
            continue
        if is_synchronous(look.project):
            return
        forward, reverse = _forward(look, relationship), _reverse(look, relationship)
        if forward or reverse:
            fix, reason = _fix(relationship, forward, reverse)
            yield look.finding(
                relationship.call,
                _message(relationship, forward, reverse),
                scope=relationship.scope,
                help="Say how many levels are loaded, with join_depth=",
                fix=fix,
                unfixable=reason,
            )


def _forward(look: Look, relationship: Relationship) -> str:
    """Return how the side itself is to load ahead, empty where it is not, or says how deep."""
    options = relationship.options
    if relationship.stated_by_annotation or "join_depth" in options.given or not options.known:
        return ""
    given = options.given.get("lazy")
    return _ahead(constant_of(given, relationship.scope, look.project)) if given else ""


def _reverse(look: Look, relationship: Relationship) -> str:
    backref = relationship.backref
    if not isinstance(backref, ast.Call):
        return ""
    if resolve(backref.func, relationship.scope) not in BACKREF:
        return ""
    given = {keyword.arg: keyword.value for keyword in backref.keywords}
    if "lazy" not in given or "join_depth" in given or None in given:
        return ""
    return _ahead(constant_of(given["lazy"], relationship.scope, look.project))


def _ahead(given: object) -> str:
    return AHEAD.get(given, "") if isinstance(given, str | bool) else ""


def _message(relationship: Relationship, forward: str, reverse: str) -> str:
    name = f"`{relationship.name}`" if relationship.name else "this relationship"
    if not forward:
        name, forward = f"the reverse side that {name} makes with backref=", reverse
    return (
        f"{name} points to its own class without join_depth=, so that "
        f'lazy="{forward}" loads nothing'
    )


def _fix(relationship: Relationship, forward: str, reverse: str) -> tuple[Fix | None, str]:
    if relationship.form is Form.SQLMODEL and relationship.options.holder is None:
        return None, "its sa_relationship_kwargs are written elsewhere, where others may share them"
    plan = LimitDepth(bool(forward), bool(reverse), relationship.form)
    return unsafe("Load one level, with join_depth=1", plan, _CAUTION), ""


RULE = Rule(
    code="TSL313",
    name="self-referential-selectin",
    severity=Severity.WARNING,
    check=find_self_referential_selectins,
    triggers=("relation", "relationship", "Relationship"),
    uses_project=True,
)
