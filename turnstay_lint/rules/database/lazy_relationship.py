"""### What it does

Finds relationships that send their query when somebody reads them: `relationship(...)` without
`lazy=`, or with `"select"`, `True` or `"dynamic"`; with `"noload"` or `None`, which read as empty;
and those whose `backref=` makes a reverse side that loads so.

### Why

An `AsyncSession` cannot send a query in the middle of an attribute access, so reading such a
relationship raises `MissingGreenlet`, and only where nothing happened to load it before (handbook
3, Database Query Best Practices; the checklist asks for `lazy="selectin"`).

### Bad

```python
# app/models.py
from sqlalchemy.orm import Mapped, relationship

from app.core.database import Base


class Company(Base):
    accounts: Mapped[list["Account"]] = relationship("Account", back_populates="company")
```

### Good

```python
# app/models.py
from sqlalchemy.orm import Mapped, relationship

from app.core.database import Base


class Company(Base):
    accounts: Mapped[list["Account"]] = relationship(
        "Account", back_populates="company", lazy="selectin"
    )
```

### Fix safety

`lazy="selectin"` is safe: what was loaded on access is loaded before. It is unsafe for
`"dynamic"`, whose users call `.filter()` on the attribute; for a self-reference, which
`selectin` follows only as deep as `join_depth` says (the fix writes 1); and, under
`strict-lazy`, for `"raise"`, `"raise_on_sql"` and `"write_only"`, which were chosen on purpose.
It is unsafe, too, where an endpoint without a `response_model` answers with such an object: it
would serialise what is loaded from then on, and fail in a circle where both sides are loaded. With
TSL101 fixed in the same run it is safe again.

There is none where a comment beside `lazy=` says why it loads as it does: that would be a lie.

### Options

`allowed-lazy` names further values to accept. `strict-lazy` accepts `"selectin"` alone; otherwise
every strategy that never loads on access is accepted.

### Known limits

Silent in a service that provably has synchronous sessions alone, which load when they are read, in
an `async def` too; in migrations; in classes without a table; where `**kwargs` may say how to load;
and where `lazy=` is an expression that cannot be read. `WriteOnlyMapped` and `DynamicMapped` say
themselves how they load.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.frameworks.relationships import BACKREF, Form, Relationship
from turnstay_lint.project.constants import UNREADABLE, constant_of
from turnstay_lint.project.endpoints.bare_answers import bare_answers
from turnstay_lint.project.models.concurrency import is_synchronous
from turnstay_lint.project.models.models import orm_models
from turnstay_lint.project.schemas.declared_relationships import declared_relationships
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex

NEVER_ON_ACCESS = frozenset(
    {"selectin", "joined", "subquery", "immediate", "raise", "raise_on_sql", "write_only"}
)
ON_ACCESS = {
    "select": "is loaded when it is read, which an async session cannot do",
    "dynamic": "sends a query whenever it is read, which an async session cannot do",
    "noload": "is never loaded and reads as empty",
}
CHOSEN_ON_PURPOSE = frozenset({"raise", "raise_on_sql", "write_only"})
_ALIASES = {True: "select", False: "joined", None: "noload"}


_DIRECTIVE = regex(r"#\s*(?:type:|noqa|pylint:|pyright:|mypy:|fmt:|turnstay:|ruff:)", re.I)


class DeclareLoading(Struct, frozen=True):
    """How the call at the finding should load, and its reverse side.

    ``forward`` and ``reverse`` say which of the two need ``lazy="selectin"``; ``join_depth`` and
    ``reverse_join_depth`` which need ``join_depth=1`` beside it; ``form`` is how the relationship
    is declared; ``backref`` is how the file calls that function, empty to import it.
    """

    forward: bool
    join_depth: bool = False
    reverse: bool = False
    reverse_join_depth: bool = False
    form: Form = Form.RELATIONSHIP
    backref: str = ""


class _Side(Struct, frozen=True):
    """A side that loads in a way that is not accepted: how, and what to say of it."""

    strategy: str
    needs_join_depth: bool

    @property
    def complaint(self) -> str:
        return ON_ACCESS.get(self.strategy, f'is loaded with lazy="{self.strategy}"')


def find_lazy_relationships(look: Look) -> Iterator[Finding]:
    """Yield the relationships that load on access, or whose backref does."""
    if is_revision(look.source):
        return
    for relationship in declared_relationships(look.project, look.source):
        if is_synchronous(look.project):
            return
        forward, reverse = _forward(look, relationship), _reverse(look, relationship)
        if forward is None and reverse is None:
            continue
        reason = _unfixable(look, relationship)
        yield look.finding(
            relationship.call,
            _message(relationship, forward, reverse),
            scope=relationship.scope,
            help='Load it ahead, with lazy="selectin"',
            fix=None if reason else _fix(look, relationship, forward, reverse),
            unfixable=reason,
        )


def _forward(look: Look, relationship: Relationship) -> _Side | None:
    options = relationship.options
    if relationship.stated_by_annotation:
        return None
    if "lazy" in options.given:
        given: object = constant_of(options.given["lazy"], relationship.scope, look.project)
    elif relationship.form is Form.DYNAMIC_LOADER:
        given = "dynamic"
    elif options.known:
        given = "select"
    else:
        return None
    deepened = "join_depth" in options.given or not options.known
    return _judged(look, given, relationship.is_self_reference and not deepened)


def _reverse(look: Look, relationship: Relationship) -> _Side | None:
    """The side that ``backref=`` makes: a bare name gives it SQLAlchemy's default."""
    backref = relationship.backref
    own = relationship.is_self_reference
    match backref:
        case ast.Constant(value=str()):
            return _judged(look, "select", own)
        case ast.Call() if resolve(backref.func, relationship.scope) in BACKREF:
            given = {keyword.arg: keyword.value for keyword in backref.keywords}
            if "lazy" in given:
                strategy = constant_of(given["lazy"], relationship.scope, look.project)
                return _judged(look, strategy, own and "join_depth" not in given)
            if None in given:
                return None
            return _judged(look, "select", own and "join_depth" not in given)
        case ast.Name() | ast.Attribute():
            if isinstance(constant_of(backref, relationship.scope, look.project), str):
                return _judged(look, "select", own)
    return None


def _judged(look: Look, given: object, needs_join_depth: bool) -> _Side | None:
    """Return the side unless its strategy is accepted or cannot be read."""
    if given is UNREADABLE or not isinstance(given, str | bool | None):
        return None
    strategy = given if isinstance(given, str) else _ALIASES[given]
    if strategy in look.settings.allowed_lazy or strategy == "selectin":
        return None
    wrong = strategy in ON_ACCESS or (look.settings.strict_lazy and strategy in NEVER_ON_ACCESS)
    return _Side(strategy, needs_join_depth) if wrong else None


def _message(relationship: Relationship, forward: _Side | None, reverse: _Side | None) -> str:
    name = f"`{relationship.name}`" if relationship.name else "this relationship"
    if reverse is None:
        return f"{name} {forward.complaint}" if forward else ""
    if forward is None:
        return f"the reverse side that {name} makes with backref= {reverse.complaint}"
    if forward.strategy == reverse.strategy:
        return f"{name} {forward.complaint}, and so is the side that its backref= makes"
    return f"{name} {forward.complaint}; the side that its backref= makes {reverse.complaint}"


def _unfixable(look: Look, relationship: Relationship) -> str:
    if relationship.form is Form.SQLMODEL and relationship.options.holder is None:
        return "its sa_relationship_kwargs are written elsewhere, where others may share them"
    given = relationship.options.given.get("lazy")
    if given is not None and _is_explained(look, relationship, given):
        return "a comment beside its lazy= says why it loads so: weigh that, and take both out"
    return ""


def _is_explained(look: Look, relationship: Relationship, given: ast.expr) -> bool:
    """Tell whether a comment on the line of ``lazy=``, or alone above it, is about it."""
    lines, line = look.source.lines, given.lineno
    if any(
        other is not given and other.lineno <= line <= (other.end_lineno or line)
        for other in relationship.options.given.values()
    ):
        return False
    beside = lines.line(line)[look.source.span(given).end_column :]
    above = lines.line(line - 1).strip() if line - 1 > relationship.call.lineno else ""
    return any(
        comment.startswith("#") and not _DIRECTIVE.match(comment)
        for comment in (beside.lstrip(" ,)\t"), above)
    )


def _fix(
    look: Look, relationship: Relationship, forward: _Side | None, reverse: _Side | None
) -> Fix:
    plan = DeclareLoading(
        forward=forward is not None,
        join_depth=forward is not None and forward.needs_join_depth,
        reverse=reverse is not None,
        reverse_join_depth=reverse is not None and reverse.needs_join_depth,
        form=relationship.form,
        backref=_backref_function(relationship),
    )
    title = 'Load it with lazy="selectin"'
    strategies = {side.strategy for side in (forward, reverse) if side}
    if "dynamic" in strategies:
        caution = "what calls .filter() on the attribute finds a list instead of a query"
        return unsafe(title, plan, caution)
    if plan.join_depth or plan.reverse_join_depth:
        caution = "a self-reference is loaded one level deep; reading deeper raises"
        return unsafe(f"{title} and join_depth=1", plan, caution)
    if strategies & CHOSEN_ON_PURPOSE:
        return unsafe(title, plan, "what was kept from loading on purpose is now loaded")
    bare = _serialised_as_it_is(look, relationship, reverse is not None)
    if bare:
        return unsafe(title, plan, bare)
    return safe(title, plan)


def _serialised_as_it_is(look: Look, relationship: Relationship, both: bool) -> str:
    """Say which endpoint would answer with what is loaded from now on, empty for none."""
    owner = f"{relationship.scope.module}.{relationship.owner}"
    answered = bare_answers(look.project)
    models = orm_models(look.project).classes
    owners = [m for m in models if owner in look.project.ancestors(m)] if answered else []
    targets = [
        models[model].relationships[relationship.attribute].target
        for model in owners
        if both and relationship.attribute in models[model].relationships
    ]
    route = next((answered[model] for model in (*owners, *targets) if model in answered), "")
    if not route:
        return ""
    return (
        f"{route} has no response_model and answers with such an object as it is, so that it"
        " would serialise what is loaded now, in a circle where both sides are: fix TSL101 first"
    )


def _backref_function(relationship: Relationship) -> str:
    """A file that writes ``orm.relationship`` can write ``orm.backref``."""
    called = relationship.call.func
    if isinstance(called, ast.Attribute):
        if resolve(called.value, relationship.scope) == "sqlalchemy.orm":
            return f"{ast.unparse(called.value)}.backref"
    return ""


RULE = Rule(
    code="TSL306",
    name="lazy-relationship",
    severity=Severity.ERROR,
    check=find_lazy_relationships,
    triggers=("relation", "relationship", "Relationship", "dynamic_loader"),
    uses_project=True,
)
