"""The HTTPExceptions of a file, re-exports of the service followed, and their status codes."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.http_errors import HTTP_EXCEPTION, HTTP_EXCEPTIONS, HttpError
from turnstay_lint.frameworks.starlette import status_code
from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.endpoints.routers import constants
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope


def http_errors(project: Project, source: SourceFile) -> tuple[HttpError, ...]:
    """Return the calls that make an HTTPException, in the order of the text; none of a test's."""
    if is_test(source.path) or source.words.isdisjoint({HTTP_EXCEPTION, *aliases(project)}):
        return ()
    return _found(project, source)


@file_fact
def _found(project: Project, source: SourceFile) -> tuple[HttpError, ...]:
    near = source.scope.module
    names = [name for name in source.named_calls if is_http_exception(project, name, near)]
    return tuple([HttpError(call, scope) for call, scope, _ in source.calls_of(*names)])


def is_http_exception(project: Project, name: str, near: str) -> bool:
    """Tell whether a dotted name is that of HTTPException itself, none of its subclasses."""
    return name in HTTP_EXCEPTIONS or project.canonical(name, near) in HTTP_EXCEPTIONS


def status_number(project: Project, expression: ast.expr | None, scope: Scope) -> int | None:
    """Return the status code that an expression is, or None where that cannot be read."""
    if expression is None:
        return None
    return status_code(expression, scope, constants(project, scope.module))
