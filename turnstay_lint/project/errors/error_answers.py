"""The answers of a file that have a status of their own: HTTPExceptions and responses."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import argument
from turnstay_lint.frameworks.starlette import JSON_RESPONSE_CLASSES, is_response_name
from turnstay_lint.project.errors.http_errors import http_errors, status_number
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope


class Answer(Struct, frozen=True):
    """A call that makes an answer with an error's status: what it is called, what it says.

    ``said`` is the detail or the content, None where there is none; ``is_json`` tells that a dict
    is the body that clients read.
    """

    call: ast.Call
    scope: Scope
    what: str
    status: int
    said: ast.expr | None
    is_json: bool = False
    is_exception: bool = False

    @property
    def has_own_format(self) -> bool:
        """Tell whether a response says which media type its text is of."""
        return not self.is_exception and any(k.arg == "media_type" for k in self.call.keywords)


@file_fact
def error_answers(project: Project, source: SourceFile) -> list[Answer]:
    """Return the answers whose status is certainly an error's, in the order of the text."""
    found = []
    for error in http_errors(project, source):
        status = status_number(project, error.status, error.scope)
        if status is not None and status >= 400:
            what = "HTTPException"
            made = Answer(error.call, error.scope, what, status, error.detail, is_exception=True)
            found.append(made)
    if "Response" in source.text and not is_test(source.path):
        found += _responses(project, source)
    return sorted(found, key=lambda answer: (answer.call.lineno, answer.call.col_offset))


def _responses(project: Project, source: SourceFile) -> list[Answer]:
    named = {name: project.canonical(name, source.scope.module) for name in source.named_calls}
    responses = (name for name, real in named.items() if is_response_name(real))
    found = []
    for call, scope, name in source.calls_of(*responses):
        status = status_number(project, argument(call, 1, "status_code"), scope)
        if status is not None and status >= 400:
            content, what = argument(call, 0, "content"), named[name].rpartition(".")[2]
            json = named[name] in JSON_RESPONSE_CLASSES
            found.append(Answer(call, scope, what, status, content, json))
    return found
