"""### What it does

Finds reads of a relationship that nothing loaded, in async code, on an object whose class and
origin are known: from `session.get`, a query, a getter of the service, or a constructor once the
object was flushed or committed, and on any object after a commit that expires it. A route that
returns such an object under a `response_model` with that field reads it, and so does
`Schema.model_validate(account)`.

### Why

An `AsyncSession` cannot send a query in the middle of an attribute access: `account.company`
raises `MissingGreenlet` unless the company was loaded before (handbook 3, Database Query Best
Practices). A new object has nothing loaded, whatever its class declares, until it is refreshed.

### Bad

```python
# app/api/utils/account_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def count_user_accounts(session: AsyncSession, account_id: int) -> int:
    account = await session.get(Account, account_id)
    return len(account.user_accounts)


# app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_accounts: Mapped[list["UserAccount"]] = relationship(lazy="raise")


class UserAccount(Base):
    __tablename__ = "user_accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
```

### Good

```python
# app/api/utils/account_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def count_user_accounts(session: AsyncSession, account_id: int) -> int:
    account = await session.get(Account, account_id)
    await session.refresh(account, ["user_accounts"])
    return len(account.user_accounts)


# app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_accounts: Mapped[list["UserAccount"]] = relationship(lazy="raise")


class UserAccount(Base):
    __tablename__ = "user_accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
```

### Fix safety

Safe: what is read is loaded before. Where the query stands in the same function, it gets the
loader option (`.options(selectinload(Account.user_accounts))`); what came from `session.get`, a
getter or a constructor is refreshed before its first use, a new object as a whole.

### Options

None.

### Known limits

Silent in tests, which fail by themselves where they read what is not loaded, and where something
else may have loaded the relationship: on a parameter or what a dependency gave, after a helper that
may load it, where options or names are computed, in synchronous code and what `run_sync` is given,
where `lazy=` cannot be read, and for a single related object whose class the function holds another
object of, which the session may find without a query. What a helper constructed is not followed,
and what a commit expires only where every sessionmaker of the service is seen to leave
`expire_on_commit` out.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Related, Severity
from turnstay_lint.project.dataflow.events import LazyRead
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.models.relationship_loading import Relation, Strategy
from turnstay_lint.rules.database.loading_plan import loading_fix
from turnstay_lint.rules.rule import Look, Rule

_ORIGINS = {
    "query": "The query does not load it",
    "get": "session.get does not load it",
    "getter": "{getter} does not load it",
    "new": "A new object has nothing loaded until it is refreshed",
    "expired": "The commit made the session forget it, as sessions do without"
    " expire_on_commit=False",
}


def find_implicit_lazy_loads(look: Look) -> Iterator[Finding]:
    """Yield the reads of relationships that nothing loaded."""
    for read in trace(look.source, look.project).reads:
        fix, reason = loading_fix(look, read)
        yield look.finding(
            read.node,
            _message(read),
            scope=read.scope,
            help=_help(read),
            related=tuple(map(_declared, read.relations)),
            fix=fix,
            unfixable=reason,
        )


def _message(read: LazyRead) -> str:
    names = " and ".join(f"{_short(r.model)}.{r.name}" for r in read.relations)
    one = len(read.relations) == 1
    verb, them = ("is", "it") if one else ("are", "them")
    reader = f"{read.reader} reads {names}, which" if read.reader else names
    if all(r.strategy is Strategy.NEVER for r in read.relations) and not read.new:
        return f"{reader} {verb} not loaded, and reading {them} raises"
    return f"{reader} {verb} not loaded, and an async session cannot load {them} now"


def _help(read: LazyRead) -> str:
    expired = read.source.kind == "expired"
    origin = "new" if read.new and not expired else read.source.kind
    called = read.source.call.func
    getter = getattr(called, "attr", getattr(called, "id", "the function"))
    return _ORIGINS[origin].format(getter=f"{getter}()")


def _declared(relation: Relation) -> Related:
    name = f"{_short(relation.model)}.{relation.name}"
    said = relation.strategy.value
    if relation.strategy is Strategy.AHEAD and relation.target == relation.model:
        said = "points to its own class" + ("" if relation.bounded else " without join_depth=")
    return Related(relation.path, relation.span, f"{name} {said}")


def _short(model: str) -> str:
    return model.rpartition(".")[2]


RULE = Rule(
    code="TSL307",
    name="implicit-lazy-load",
    severity=Severity.ERROR,
    check=find_implicit_lazy_loads,
    triggers=("await",),
    uses_project=True,
    in_tests=False,
)
