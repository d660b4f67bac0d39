"""### What it does

Says which files could not be read: a syntax error, bytes that are no text in the declared
encoding, syntax that is newer than the running Python, or a file that the system does not open.

### Why

A file that was not read was not checked, and no service may look clean because of that: the exit
status is 2, whatever else was found, selected or ignored. Handbook 10, Code Organization Rules,
speaks of Python files throughout.

### Bad

```python
def get_account(:
```

### Good

```python
def get_account(): ...
```

### Fix safety

There is no fix: what Python cannot read, nothing can rewrite.

### Options

None. A file that is a template and no Python belongs in `exclude`.

### Known limits

The file is read as the Python that runs the linter reads it; for syntax that is newer, the
message says which Python would read it. flake8 and pylint report syntax errors themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span


def find_nothing(look: Look) -> Iterator[Finding]:
    """Yield nothing: a file that a rule can look at has been read."""
    yield from ()


RULE = Rule(
    code="TSL000",
    name="unreadable-file",
    severity=Severity.ERROR,
    check=find_nothing,
    triggers=("\0",),
)


def unreadable_file(path: str, message: str, line: int = 1, column: int = 0) -> Finding:
    """Return the finding of a file that could not be read, at a line from 1 and a column from 0."""
    return Finding(
        code=RULE.code,
        name=RULE.name,
        severity=RULE.severity,
        path=path,
        span=Span(line, column, line, column),
        message=message,
        unfixable="what Python cannot read, nothing can rewrite",
    )
