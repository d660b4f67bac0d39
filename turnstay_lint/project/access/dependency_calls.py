"""The places where a file says ``Depends(...)`` or ``Security(...)``."""

from __future__ import annotations

import ast

from turnstay_lint.project.access.guards import DEPENDS
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope


@file_fact
def dependency_calls(project: Project, source: SourceFile) -> tuple[tuple[ast.Call, Scope], ...]:
    """Return the calls of FastAPI's ``Depends`` and ``Security`` with their scopes, in order."""
    near = source.scope.module
    names = [name for name in source.named_calls if project.canonical(name, near) in DEPENDS]
    return tuple([(call, scope) for call, scope, _ in source.calls_of(*names)])


def dependency_of(call: ast.Call) -> ast.expr | None:
    """Return what such a call is told to depend on."""
    if call.args:
        return call.args[0]
    return next((k.value for k in call.keywords if k.arg == "dependency"), None)
