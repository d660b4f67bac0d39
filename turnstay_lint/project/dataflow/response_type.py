"""The schema that FastAPI validates an endpoint's answer with, reading all of its fields."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.scopes import FunctionNode
from turnstay_lint.source.types import Type, read_type


class ResponseModels:
    """The response models of one file's endpoints, each found once."""

    def __init__(self, project: Project) -> None:
        """Find them in a service."""
        self._project = project
        self._known: dict[int, tuple[Endpoint, Type | None]] = {}

    def of(self, endpoint: Endpoint) -> Type | None:
        """Return the ``response_model=`` of an endpoint, else its return annotation, or None.

        None as well where ``**kwargs`` may say another, or routes differ.
        """
        known = self._known.get(id(endpoint))
        if known is None:
            known = self._known[id(endpoint)] = (endpoint, _response_model(endpoint, self._project))
        return known[1]


@fact
def response_models(source: SourceFile, project: Project) -> ResponseModels:
    """Return the response models of a file's endpoints."""
    return ResponseModels(project)


def _response_model(endpoint: Endpoint, project: Project) -> Type | None:
    if endpoint.scope is None or not isinstance(endpoint.scope.node, FunctionNode):
        return None
    found: set[Type] = set()
    for route in endpoint.routes:
        said = route.keyword("response_model")
        if route.has_unknown_keywords or _is_none(said):
            return None
        outer = endpoint.scope.parent or endpoint.scope
        type_ = (
            read_type(said, route.scope)
            if said is not None
            else read_type(endpoint.scope.node.returns, outer)
        )
        found.add(project.unaliased(type_, endpoint.scope.module)[0])
    only = found.pop() if len(found) == 1 else Type("?")
    return only if only.name != "?" else None


def _is_none(expression: ast.expr | None) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is None
