"""### What it does

Finds fields of a `Patch...Request` that are required, the identifier apart.

### Why

A PATCH changes what the client sends. A field that must be sent cannot be left as it is: the client
has to know its value, and two of them overwrite each other (handbook 4, Patch Request Pattern: "For
PATCH endpoints, use optional fields").

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class PatchAccountRequest(BaseModel):
    id: int = Field(..., json_schema_extra={"example": 1})
    name: str
    display_name: str = Field(..., max_length=255)
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class PatchAccountRequest(BaseModel):
    id: int = Field(..., json_schema_extra={"example": 1})
    name: str | None = Field(None)
    display_name: str | None = Field(None, max_length=255)
```

### Fix safety

Safe: requests that were accepted still are. It is unsafe where an endpoint that takes the schema
reads the field by name, for it may find None then. A field that is inherited has no fix: it is
required of others as well.

### Options

None.

### Known limits

The identifier is `id`, else what is called so by its end (`account_id`, `uuid`). Silent for fields
of `Literal` type, which tell variants of a request apart. Where no field is called `id`, all that
end in `_id` are taken for parts of the identifier.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.project.endpoints.body_reads import reader_of
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.schemas.schemas import default_of, fields, is_schema
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import read_type

_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


class MakeOptional(Struct, frozen=True):
    """Let the field at the finding be left out.

    ``nullable`` says that its annotation allows None already; ``field`` is what the file calls
    Pydantic's ``Field``, empty where it does not import it.
    """

    nullable: bool
    field: str = ""


def find_required_patch_fields(look: Look) -> Iterator[Finding]:
    """Yield the fields that a client has to send with every patch."""
    if "class Patch" not in look.source.text or is_test(look.source.path):
        return
    for scope in look.source.outer_classes:
        if not (scope.name.startswith("Patch") and scope.name.endswith("Request")):
            continue
        name = f"{scope.module}.{scope.qualname}"
        if not is_schema(look.project, name, scope.module):
            continue
        symbol = look.project.find(name, scope.module)
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            yield from _of_class(look, symbol, scope)


def _of_class(look: Look, symbol: Symbol, scope: Scope) -> Iterator[Finding]:
    declared = list(fields(look.project, symbol))
    has_id = any(field.name == "id" for field in declared)
    required = [
        field
        for field in declared
        if default_of(field) is None and not _is_identifier(field.name, has_id)
    ]
    written = _own_fields(scope)
    inherited: list[str] = []
    for field in required:
        statement = written.get(field.name)
        if statement is None:
            inherited.append(field.name)
        elif not _has_default(statement, scope) and not _tells_variants(field):
            yield _finding(look, symbol, scope, field, statement)
    if inherited:
        yield _of_base(look, symbol, scope, inherited)


def _is_identifier(name: str, has_id: bool) -> bool:
    return name == "id" or (not has_id and name.endswith(("_id", "uuid", "id")))


def _own_fields(scope: Scope) -> dict[str, ast.AnnAssign]:
    assert isinstance(scope.node, ast.ClassDef)
    return {
        statement.target.id: statement
        for statement in scope.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _has_default(statement: ast.AnnAssign, scope: Scope) -> bool:
    """Tell whether ``Annotated[str, Field(default=None)]`` says the default."""
    annotation = statement.annotation
    if not isinstance(annotation, ast.Subscript):
        return False
    if resolve(annotation.value, scope) not in _ANNOTATED:
        return False
    return any(
        isinstance(node, ast.keyword) and node.arg in ("default", "default_factory", None)
        for node in ast.walk(annotation.slice)
    )


def _tells_variants(field: AttributeSummary) -> bool:
    return field.type is not None and field.type.name == "typing.Literal"


def _finding(
    look: Look, symbol: Symbol, scope: Scope, field: AttributeSummary, statement: ast.AnnAssign
) -> Finding:
    return look.finding(
        statement,
        f"{symbol.qualname}.{field.name} must be sent with every patch",
        scope=scope,
        help="Make it optional (handbook 4, Patch Request Pattern)",
        fix=_fix(look, symbol, scope, field, statement),
    )


def _fix(
    look: Look, symbol: Symbol, scope: Scope, field: AttributeSummary, statement: ast.AnnAssign
) -> Fix:
    said = read_type(statement.annotation, scope)
    nullable = said.name == "typing.Any" or any(m.name == "None" for m in said.members)
    plan = MakeOptional(nullable, _field_name(look))
    title = f"Make {field.name} optional"
    reader = reader_of(look.project, symbol.name, field.name)
    if reader:
        return unsafe(title, plan, f"{reader} reads {field.name}, and may find None then")
    return safe(title, plan)


def _field_name(look: Look) -> str:
    scope = look.source.outline.module
    for name in scope.bindings:
        if resolve(ast.Name(name, ast.Load(), lineno=1, col_offset=0), scope) in _FIELDS:
            return name
    return ""


def _of_base(look: Look, symbol: Symbol, scope: Scope, inherited: list[str]) -> Finding:
    assert isinstance(scope.node, ast.ClassDef)
    names = " and ".join(inherited)
    return look.finding(
        scope.node.bases[0],
        f"{symbol.qualname} inherits {names}, which must be sent with every patch",
        scope=scope,
        help="Declare what can be patched as optional (handbook 4, Patch Request Pattern)",
        unfixable=f"{names} is required of others as well: declare it here, as optional",
    )


RULE = Rule(
    code="TSL408",
    name="required-patch-field",
    severity=Severity.WARNING,
    check=find_required_patch_fields,
    triggers=("class",),
    uses_project=True,
    in_tests=False,
)
