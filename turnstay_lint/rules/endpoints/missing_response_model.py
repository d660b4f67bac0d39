"""### What it does

Finds routes that do not say with `response_model=` what they answer.

### Why

Handbook 1, Response Model Pattern: "Always use `response_model` for type safety and automatic
OpenAPI documentation". Without it a route answers with whatever its function returns, an ORM
object's every column included, and clients are promised nothing.

### Bad

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account")
async def get_account(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Good

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Fix safety

Safe where the model is certain: the return annotation is a schema; all returns build the same
schema; the value comes from a CompanyAccess getter, an annotated helper, a query or a constructor
whose ORM class has exactly one `<Model>Response`; lists of these, and `Page[...]` for
`paginate(...)`. An annotation of a response or something else (`Response | Account`) is one that
FastAPI cannot start with: it gets `response_model=None`. Unsafe where there are schemas to choose
from. Otherwise there is none, and the finding says what would make the model certain.

Where no schema serialises an ORM class, an unsafe change set writes `<Model>Response` beside the
service's other responses and then uses it. It has the columns that can be read, without those of
the tenant, those that look secret (password, token, hash, key), bytes, and what is deferred or
set by the database on update, which an async session cannot load late.

### Options

`return-annotation-is-response-model`: a return annotation that is a schema will do.

### Known limits

Values are followed through local variables and annotated functions, not through dictionaries or
unannotated functions of other files. Silent: `**kwargs` in the decorator, statuses without a body,
a `response_class`, functions that return only responses, generators, stubs, and the routes that
tests make for themselves.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, safe, unsafe
from turnstay_lint.frameworks.fastapi import VERBS, Endpoint, Route
from turnstay_lint.frameworks.starlette import has_no_body
from turnstay_lint.project.endpoints.model_text import Written, write_model
from turnstay_lint.project.endpoints.response_models import Model, Unclear, model_of
from turnstay_lint.project.endpoints.returns import annotation_of, returned_by
from turnstay_lint.project.endpoints.routers import (
    default_response_class,
    endpoints,
    own_path,
    status_expression,
    status_of,
)
from turnstay_lint.project.inference.flow import is_generator, is_stub
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import is_response
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.writing.new_schemas import NewSchema
from turnstay_lint.project.writing.spelling import Unspellable
from turnstay_lint.rules.endpoints.new_schema_plan import written_elsewhere
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import Type

HELP = "Say what the route answers with response_model= (handbook 1, Response Model Pattern)."

# What every file says that makes a route.
TRIGGERS = (*sorted(VERBS), "api_route", "add_api_route")


class SetResponseModel(Struct, frozen=True):
    """Give the route's call ``response_model=text``, with imports as (module, name).

    The imports of ``replaced`` names go where nothing else uses them.
    """

    text: str
    imports: tuple[tuple[str, str], ...] = ()
    replaced: tuple[str, ...] = ()


def find_missing_response_models(look: Look) -> Iterator[Finding]:
    """Yield the routes that say nothing of what they answer."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        routes = [route for route in endpoint.routes if _could_say(look, route)]
        if routes and not _has_no_model(look, endpoint):
            yield from (_finding(look, endpoint, route) for route in routes)


def _could_say(look: Look, route: Route) -> bool:
    for keyword in route.call.keywords:
        if keyword.arg in ("response_model", "response_class", None):
            return False
    status = status_of(look.project, route)
    if status is not None and has_no_body(status):
        return False
    return not default_response_class(look.project, route)


def _has_no_model(look: Look, endpoint: Endpoint) -> bool:
    """Tell whether there is nothing that a model could describe."""
    function = endpoint.function
    if function is not None and (is_stub(function) or is_generator(function)):
        return True
    said = annotation_of(look.project, look.source, endpoint)
    if is_response(look.project, said.name, look.source.scope.module):
        return True
    if said.name not in ("typing.Any", "builtins.object"):
        return look.settings.return_annotation_is_response_model and _is_model(look, endpoint)
    return returned_by(look.project, look.source, endpoint).only_responses


def _is_model(look: Look, endpoint: Endpoint) -> bool:
    try:
        return model_of(look.project, look.source, endpoint).annotated
    except Unclear:
        return False


def _finding(look: Look, endpoint: Endpoint, route: Route) -> Finding:
    fix, reason = _fix(look, endpoint, route)
    return look.finding(
        route.call,
        f"{named(look.project, route)} has no response_model",
        scope=endpoint.scope or route.scope,
        help=HELP,
        related=_related(look.project, fix, endpoint, look),
        fix=fix,
        unfixable=reason,
    )


def named(project: Project, route: Route) -> str:
    """Return a route as messages call it: ``GET /account``."""
    path = own_path(project, route)
    if path is None and route.path_expression is not None:
        path = f"`{ast.unparse(route.path_expression)}`"
    return f"{'/'.join(route.methods) or 'route'} {path or '(the prefix itself)'}"


def _fix(look: Look, endpoint: Endpoint, route: Route) -> tuple[Fix | None, str]:
    if status_expression(route) is not None and status_of(look.project, route) is None:
        return None, "its status code cannot be read, and some statuses must have no model"
    said = annotation_of(look.project, look.source, endpoint)
    if _has_response(look, said):
        title = "Say response_model=None, which FastAPI needs beside such an annotation"
        return safe(title, SetResponseModel("None")), ""
    try:
        model = model_of(look.project, look.source, endpoint)
        written = write_model(look.project, look.source, endpoint, route, model)
    except (Unclear, Unspellable) as reason:
        return None, str(reason)
    return _with_model(model, written), ""


def _has_response(look: Look, said: Type) -> bool:
    near = look.source.scope.module
    return any(is_response(look.project, member.name, near) for member in said.members)


def _with_model(model: Model, written: Written) -> Fix:
    title = f"Add response_model={written.text}"
    plan = SetResponseModel(written.text, written.imports)
    return with_schemas(title, plan, model.choices, model.written)


def with_schemas(
    title: str,
    plan: SetResponseModel,
    choices: Sequence[str],
    written: tuple[NewSchema, ...],
) -> Fix:
    """Return the fix that names a model: unsafe where a person should choose, or look at it."""
    cautions = [choice_of(choices)] if choices else []
    if written:
        names = " and ".join(schema.name for schema in written)
        title = f"Write {names}, and {title[0].lower()}{title[1:]}"
        cautions.append("clients get the columns of the table, look at them")
    if not cautions:
        return safe(title, plan)
    return unsafe(title, plan, "; ".join(cautions), written_elsewhere(written))


def choice_of(choices: Sequence[str]) -> str:
    """Return the caution that names schemas to choose from, by module where names are shared."""
    bare = Counter(choice.rpartition(".")[2] for choice in choices)
    names = [c.rpartition(".")[2] if bare[c.rpartition(".")[2]] == 1 else c for c in choices]
    return f"choose the schema that clients are to get: {', '.join(dict.fromkeys(names))}"


def _related(
    project: Project, fix: Fix | None, endpoint: Endpoint, look: Look
) -> tuple[Related, ...]:
    """Point at the schema that the fix names."""
    if fix is None or not isinstance(fix.plan, SetResponseModel):
        return ()
    found = []
    for module, name in fix.plan.imports:
        symbol = project.find(f"{module}.{name}", look.source.scope.module)
        span = getattr(symbol.definition, "span", None) if symbol is not None else None
        if symbol is not None and span is not None:
            found.append(Related(symbol.module.path, span, f"{name} is declared here"))
    return tuple(found)


RULE = Rule(
    code="TSL101",
    name="missing-response-model",
    severity=Severity.WARNING,
    check=find_missing_response_models,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
    leads_to=("TSL105", "TSL107", "TSL114"),
)
