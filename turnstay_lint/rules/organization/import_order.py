"""### What it does

Holds every block of imports to the handbook's order: `__future__`, the standard library, third
party, then what is local: core, API, models and schemas, tests, and relative imports last. A blank
line parts standard library, third party and local imports. Third party imports are alphabetical by
module, the `import` statements among themselves and the `from` statements among themselves.

Local sections may follow each other with or without a blank line, and the order inside one is free:
the handbook's own examples do both. So is the order of the names of one statement. A block is what
stands together at the top of a module, in a function, below `if TYPE_CHECKING:` or in a `try:`.

### Why

Handbook 10, Import Organization: whoever opens a file sees at one glance what it stands
on, and two people who add an import do not add it at two places.

### Bad

```python
# app/api/endpoints/accounts.py
from app.models import Account
from sqlalchemy import select
import datetime
from fastapi import APIRouter
from app import constants


def describe(router: APIRouter, since: datetime.date) -> str:
    return f"{router} {since} {constants} {select(Account)}"
```

### Good

```python
# app/api/endpoints/accounts.py
import datetime

from fastapi import APIRouter
from sqlalchemy import select

from app import constants

from app.models import Account


def describe(router: APIRouter, since: datetime.date) -> str:
    return f"{router} {since} {constants} {select(Account)}"
```

### Fix safety

The fix writes the block anew in one form: sections apart by one blank line, `import` statements
first in each, sorted by module, one statement a module, names in order, wrapped as black wraps.
Comments go with the import that they stand above or beside; a section's heading stays above the
section.

It is refused, with the reason, where the order may matter: an `import x` whose name nothing uses is
there for its side effect (the standard library and a package's `__init__.py` apart), and so are the
modules of `side-effect-imports`; two imports bind one name; a `*` import may. No import is moved
over other code. `# isort: off`, `on`, `skip`, `split` and `skip_file` are honoured. Of a block one
finding is told at a time: after the fix another may stand in its place that nothing puts right.

These settings make isort and ruff write the same lines:

```toml
[tool.isort]
profile = "black"
combine_as_imports = true
sections = ["FUTURE", "STDLIB", "THIRDPARTY", "FIRSTPARTY", "API", "MODELS", "TESTS", "LOCALFOLDER"]
known_first_party = ["app"]
known_api = ["app.api*"]
known_models = ["app.models*", "app.schemas*"]
known_tests = ["app.tests*", "tests", "test"]
known_third_party = ["alembic"]

[tool.ruff.lint.isort]
combine-as-imports = true
section-order = [
    "future", "standard-library", "third-party", "first-party", "api", "models", "tests",
    "local-folder",
]
known-first-party = ["app"]
known-third-party = ["alembic"]

[tool.ruff.lint.isort.sections]
api = ["app.api*"]
models = ["app.models*", "app.schemas*"]
tests = ["app.tests*", "tests", "test"]
```

### Options

- `app`: the service's root package.
- `known-first-party`: root packages that are local though they do not lie in the service's tree.
- `known-third-party`: root packages that are not local though a folder has their name; `alembic`
  always is one.
- `side-effect-imports`: modules whose import does something, which therefore stay where they are.
- `force-sort-within-sections`: the fix sorts `import` and `from` statements together.

### Known limits

Silent in files that say in a comment that a program generated them.
Where an import has a comment inside its parentheses the statement is moved as it stands, and two
statements of one module are not joined when one of them has a comment; isort does either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.organization.import_arrangement import Arrangement, Refused, arrange
from turnstay_lint.project.organization.import_sections import Section, Sections, module_order
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.generated import is_generated
from turnstay_lint.source.import_blocks import (
    ImportBlock,
    begins_definitions,
    blank_between,
    import_blocks,
)
from turnstay_lint.source.import_statements import ImportStatement, module_of


class ArrangeImports(Struct, frozen=True):
    """Write the lines of a block anew."""

    arrangement: Arrangement


class _Fault(Struct, frozen=True):
    """The first import out of place in a block, and why it is."""

    statement: ImportStatement
    message: str


def find_misplaced_imports(look: Look) -> Iterator[Finding]:
    """Yield the first import out of place of every block."""
    source = look.source
    if is_generated(source):
        return
    sections = Sections(look.settings, source.module, look.project)
    seen: list[ImportBlock] = []
    for block in import_blocks(source):
        fault = _first_fault(source, block, sections)
        if fault is not None:
            fix, reason = _fix(look, block, sections)
            scope = source.index.scopes[block.within[-1]] if block.within else None
            yield look.finding(
                fault.statement, fault.message, scope=scope, fix=fix, unfixable=reason
            )
        if block.body is source.tree.body:
            late = _belated(source, block, sections, seen)
            if fault is None and late is not None:
                yield look.finding(
                    late.statement,
                    late.message,
                    unfixable="other code stands between it and the imports that it belongs above",
                )
            seen.append(block)


def _first_fault(source: SourceFile, block: ImportBlock, sections: Sections) -> _Fault | None:
    before: ImportStatement | None = None
    highest = Section.FUTURE
    last: dict[bool, str] = {}
    for statement in block.imports:
        for own in sections.of_statement(statement):
            if own is highest:
                continue
            if own < highest:
                return _below(statement, own, highest)
            if own.group != highest.group and highest is not Section.FUTURE:
                if before is None or not blank_between(source, before, statement):
                    return _touching(statement, own, highest)
            highest = own
        before = statement
        if highest is Section.THIRD_PARTY:
            kind, module = isinstance(statement, ast.ImportFrom), module_of(statement)
            above = last.get(kind, "")
            if module.lower() < above.lower() and module_order(module) < module_order(above):
                message = f"`{module}` belongs above `{above}`: third party is alphabetical"
                return _Fault(statement, message)
            last[kind] = module
    return None


def _below(statement: ImportStatement, own: Section, highest: Section) -> _Fault:
    module = module_of(statement)
    return _Fault(statement, f"`{module}` ({own.title}) belongs above the {highest.title} imports")


def _touching(statement: ImportStatement, own: Section, highest: Section) -> _Fault:
    message = f"a blank line belongs between {highest.kind} and {own.kind} imports"
    return _Fault(statement, message)


def _belated(
    source: SourceFile, block: ImportBlock, sections: Sections, seen: list[ImportBlock]
) -> _Fault | None:
    """An import that other code parts from the imports of later sections that it belongs above.

    Below the first function or class, or an edit of ``sys.path``, an import is late on purpose,
    and what isort's comments part is parted on purpose.
    """
    if not seen:
        return None
    above = seen[-1]
    imports = [statement for one in seen for statement in one.imports]
    highest = max(own for statement in imports for own in sections.of_statement(statement))
    between = block.body[above.position + len(above.imports) : block.position]
    own = sections.of_statement(block.imports[0])[0]
    if own >= highest or any(begins_definitions(s) for s in block.body[: block.position]):
        return None
    if all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in between):
        return None
    if any(_changes_path(source, statement) for statement in between):
        return None
    return _below(block.imports[0], own, highest)


def _changes_path(source: SourceFile, statement: ast.stmt) -> bool:
    """Tell whether a statement may change where imports are looked for: what follows needs it."""
    return "sys.path" in source.text[slice(*source.lines.offsets(source.span(statement)))]


def _fix(look: Look, block: ImportBlock, sections: Sections) -> tuple[Fix | None, str]:
    try:
        arrangement = arrange(look.source, block, sections, look.settings)
    except Refused as reason:
        return None, str(reason)
    return safe("Put the imports in order", ArrangeImports(arrangement)), ""


RULE = Rule(
    code="TSL001",
    name="import-order",
    severity=Severity.WARNING,
    check=find_misplaced_imports,
    triggers=("import",),
    uses_layout=True,
    leads_to=("TSL001",),
)
