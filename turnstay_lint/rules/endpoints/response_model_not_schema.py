"""### What it does

Finds a `response_model=` that is an ORM class, `dict`, `Any`, `object`, or a builtin container of
one of these.

### Why

Handbook 1, Response Model Pattern: a response model is there "for type safety and automatic
OpenAPI documentation", and handbook 4 has a response schema for it. An ORM class is none: FastAPI
refuses to start with it, or answers with every column of the table. `dict` and `Any` promise
nothing.

### Bad

```python
# app/models.py
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


# app/api/endpoints/accounts.py
from app.models import Account


@router.get("/accounts", response_model=list[Account])
async def get_accounts():
    return [Account(id=1, name="Sea view")]
```

### Good

```python
# app/models.py
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


# app/api/endpoints/accounts.py
from app.models import Account
from app.schemas.responses import AccountResponse


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts():
    return [Account(id=1, name="Sea view")]
```

### Fix safety

Safe for an ORM class that exactly one `<Model>Response` serialises: that takes its place, in the
container as it stands. Unsafe where there are several to choose from, and where there is none: a
change set then writes one from the columns, as for TSL101, and uses it. For `dict`, `Any` and
`object` there is none: nothing says which fields clients are to get.

### Options

None.

### Known limits

Silent for plain types (`str`, `bool`), for containers of schemas (`dict[str, AccountResponse]`),
for what a schema of the service itself declares as a field, and in tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Related, Severity
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.model_text import Writing
from turnstay_lint.project.endpoints.response_models import Unclear, modelled, short
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.endpoints.unschematic import NoSchema, names_of, no_schemas_in
from turnstay_lint.project.models.models import OrmClass
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.writing.new_schemas import NewSchema
from turnstay_lint.project.writing.spelling import Unspellable
from turnstay_lint.rules.endpoints.missing_response_model import SetResponseModel, with_schemas
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import Type

HELP = "Name a response schema (handbook 4, Response Schema Pattern)."


def find_models_that_are_no_schemas(look: Look) -> Iterator[Finding]:
    """Yield the routes whose response model is no schema."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            said = route.keyword("response_model")
            if said is None:
                continue
            found = no_schemas_in(look.project, said, route.scope)
            if found:
                yield _finding(look, endpoint, route, said, found)


def _finding(
    look: Look, endpoint: Endpoint, route: Route, said: ast.expr, found: tuple[NoSchema, ...]
) -> Finding:
    fix, reason = _fix(look, route, said, found)
    parts = " and ".join(dict.fromkeys(_described(part) for part in found))
    return look.finding(
        route.call,
        f"response_model={ast.unparse(said)} is no schema: {parts}",
        scope=endpoint.scope or route.scope,
        help=HELP,
        related=tuple(
            Related(part.model.path, part.model.span, f"{part.model.short} is declared here")
            for part in found
            if part.model is not None
        ),
        fix=fix,
        unfixable=reason,
    )


def _described(part: NoSchema) -> str:
    if part.model is not None:
        return f"{part.model.short} is an ORM class"
    return f"{short(part.type)} says nothing of what clients get"


def _fix(
    look: Look, route: Route, said: ast.expr, found: tuple[NoSchema, ...]
) -> tuple[Fix | None, str]:
    nothing = next((part for part in found if part.model is None), None)
    if nothing is not None:
        return None, f"nothing says which fields {short(nothing.type)} has: write a schema for it"
    text = _Replacing(look, route, said)
    try:
        for part in found:
            if part.model is not None:
                text.replace(part.model)
    except (Unclear, Unspellable) as reason:
        return None, str(reason)
    return text.fix()


class _Replacing:
    """The text of a response model, ORM classes replaced by what serialises them."""

    def __init__(self, look: Look, route: Route, said: ast.expr) -> None:
        self.look = look
        self.route = route
        self.said = said
        self.changes: list[tuple[int, int, str]] = []
        self.imports: list[tuple[str, str]] = []
        self.choices: list[str] = []
        self.written: list[NewSchema] = []
        self.replaced: list[str] = []

    def replace(self, model: OrmClass) -> None:
        """Put the schema of an ORM class in its places; raises Unclear or Unspellable."""
        look, route = self.look, self.route
        schema = modelled(look.project, Type(model.name), route.scope.module)
        written = Writing(look.project, look.source, route.call, route.scope).of(schema.type)
        self.imports += written.imports
        self.choices += schema.choices
        self.written += schema.written
        places = list(names_of(look.project, self.said, route.scope, model))
        if not places:
            raise Unclear(f"{model.short} stands behind an alias: change it there")
        for place in places:
            start, end = look.source.lines.offsets(look.source.span(place))
            self.changes.append((start, end, written.text))
            self.replaced.append(_root(place))

    def fix(self) -> tuple[Fix, str]:
        """Return the fix that writes the changed text."""
        source = self.look.source
        start, end = source.lines.offsets(source.span(self.said))
        text = source.text[start:end]
        for first, last, new in sorted(self.changes, reverse=True):
            text = text[: first - start] + new + text[last - start :]
        imports = tuple(dict.fromkeys(self.imports))
        plan = SetResponseModel(text, imports, tuple(dict.fromkeys(self.replaced)))
        title = f"Say response_model={' '.join(text.split())}"
        written = tuple(dict.fromkeys(self.written))
        return with_schemas(title, plan, self.choices, written), ""


def _root(name: ast.Name | ast.Attribute) -> str:
    base: ast.expr = name
    while isinstance(base, ast.Attribute):
        base = base.value
    return base.id if isinstance(base, ast.Name) else ""


RULE = Rule(
    code="TSL102",
    name="response-model-not-schema",
    severity=Severity.ERROR,
    check=find_models_that_are_no_schemas,
    triggers=("response_model",),
    uses_project=True,
    in_tests=False,
)
