"""### What it does

Finds answers with a status of 500 or above that tell the client of an exception: its text, its
arguments, its traceback, in the detail of an `HTTPException` or the content of a response.

### Why

Handbook 6, HTTPException Pattern: "500 - Internal Server Error (never expose internals)". What an
exception says is written for those who run the service: the SQL that failed with its values, paths,
hosts, keys. Clients get the sentence, the log gets the exception.

### Bad

```python
# app/api/utils/export_utils.py
import logging
from pathlib import Path

from fastapi import HTTPException

logger = logging.getLogger(__name__)


def read_export(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise HTTPException(status_code=500, detail=f"Export failed: {exc}")
```

### Good

```python
# app/api/utils/export_utils.py
import logging
from pathlib import Path

from fastapi import HTTPException

logger = logging.getLogger(__name__)


def read_export(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        logger.exception(f"Unhandled exception: {exc}")
        raise HTTPException(status_code=500, detail="Internal server error")
```

### Fix safety

Safe: the client reads "Internal server error" (with another status its phrase, "Bad gateway"), and
the exception is logged before, unless something in the same clause logs or reports it already. A
module that has no logger gets one. There is none where the exception is not at hand to be logged.

### Options

None.

### Known limits

What functions of the service make of an exception (`message_for(exc)`) may be fit for clients, and
is not followed. With a status above 500 the service's own exceptions are taken to say what clients
may read. Silent: statuses that cannot be read, an exception's numbers (`exc.errno`) and its class,
the detail of a caught `HTTPException`, texts that are told while developing alone (`if
settings.DEBUG`), subclasses of HTTPException, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.frameworks.logging import LOGURU, logger_of, notes_exception_itself
from turnstay_lint.frameworks.logging import notes_something as notes
from turnstay_lint.project.errors.error_answers import Answer, error_answers
from turnstay_lint.rules.errors.exposure import (
    Caught,
    Exposure,
    caught_around,
    is_of_the_service,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.surroundings import statements_around

HELP = 'Say detail="Internal server error", and log the exception (handbook 6).'
_INTERNAL = 500
TRIGGERS = (
    "HTTPException", "HTMLResponse", "JSONResponse", "ORJSONResponse", "PlainTextResponse",
    "Response", "UJSONResponse",
)  # fmt: skip


class SayNothing(Struct, frozen=True):
    """Put ``text`` in place of what leaks, and log before the statement at ``before``.

    ``log`` is the statement that logs, empty where something does; ``makes_logger`` says that the
    module has none yet. ``whole`` tells that ``text`` is all that a body of JSON says.
    """

    parts: tuple[Span, ...]
    text: str
    before: Span
    log: str = ""
    makes_logger: bool = False


def find_leaked_internals(look: Look) -> Iterator[Finding]:
    """Yield the answers of status 500 and above that tell clients of an exception."""
    for answer in error_answers(look.project, look.source):
        if answer.status < _INTERNAL or isinstance(answer.said, ast.Constant | None):
            continue
        caught = caught_around(look.project, answer.call, answer.scope)
        exposure = Exposure(_internal(look, answer, caught), answer.scope)
        parts = list(exposure.parts(answer.said))
        if parts:
            fix, reason = _fix(look, answer, caught, parts)
            yield look.finding(
                answer.call,
                f"the {'detail' if answer.is_exception else 'content'} of {answer.what} "
                f"{answer.status} tells the client of the exception",
                scope=answer.scope,
                help=HELP,
                fix=fix,
                unfixable=reason,
            )


def _internal(look: Look, answer: Answer, caught: tuple[Caught, ...]) -> tuple[Caught, ...]:
    """Return the exceptions whose text was not written for clients."""
    if answer.status == _INTERNAL:
        return caught
    near = answer.scope.module
    return tuple(one for one in caught if not is_of_the_service(look.project, one, near))


def _fix(
    look: Look, answer: Answer, caught: tuple[Caught, ...], parts: list[ast.expr]
) -> tuple[Fix | None, str]:
    around = statements_around(answer.call, answer.scope)
    if not around or isinstance(answer.scope.node, ast.Lambda):
        return None, "no statement stands around it, before which the exception could be logged"
    if answer.has_own_format:
        return None, "its body is written in a format of its own"
    phrase = _phrase(answer.status)
    spans = tuple(look.source.span(part) for part in parts)
    text = f'"{phrase}"'
    if parts == [answer.said] and answer.is_json:
        text = f'{{"detail": {text}}}'
    before = look.source.span(around[-1])
    title = f"Say {phrase!r}"
    if any(_is_logged(look, one, answer.scope) for one in caught):
        return safe(title, SayNothing(spans, text, before)), ""
    module = look.source.scope
    logger = logger_of(module)
    log = _log(caught, logger or "logger", module)
    if not log:
        return None, "the exception is not at hand where it would be logged"
    plan = SayNothing(spans, text, before, log, makes_logger=not logger)
    return safe(f"{title}, and log the exception", plan), ""


def _phrase(status: int) -> str:
    from http import HTTPStatus

    known = {member.value: member.phrase for member in HTTPStatus}
    return known.get(status, known[_INTERNAL]).capitalize()


def _is_logged(look: Look, caught: Caught, scope: Scope) -> bool:
    """Tell whether something where the exception is at hand notes it, or shows it to people."""
    body = caught.giver.body
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and notes(node):
                if caught.is_being_handled and notes_exception_itself(node):
                    return True
                exposure = Exposure((caught,), scope)
                given = (*node.args, *(keyword.value for keyword in node.keywords))
                if any(exposure.says(one) for one in given):
                    return True
    return False


def _log(caught: tuple[Caught, ...], logger: str, module: Scope) -> str:
    """Return the statement that logs the innermost exception, empty where there is none."""
    if not caught:
        return ""
    first = caught[0]
    if first.is_being_handled:
        if not first.name:
            return f'{logger}.exception("Unhandled exception")'
        return f'{logger}.exception(f"Unhandled exception: {{{first.name}}}")'
    bound = module.bindings.get(logger, [])
    if any(resolve(ast.Name(logger, lineno=0, col_offset=0), module) == LOGURU for _ in bound):
        return ""
    return f'{logger}.error(f"Unhandled exception: {{{first.name}}}", exc_info={first.name})'


RULE = Rule(
    code="TSL602",
    name="leaked-internals",
    severity=Severity.ERROR,
    check=find_leaked_internals,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
