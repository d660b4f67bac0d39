"""What the answer of a route is known to be, as far as the route itself says it."""

from __future__ import annotations

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.endpoints.routers import status_of
from turnstay_lint.project.endpoints.routes import RouteFact
from turnstay_lint.project.number import singular
from turnstay_lint.project.schemas.schema_configuration import configured
from turnstay_lint.project.schemas.schemas import dumped_fields, fields, is_schema
from turnstay_lint.project.summaries.summary import AttributeSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.project.testing.fixtures_of_tests import adds_row
from turnstay_lint.project.testing.request_samples import Sample
from turnstay_lint.rules.endpoints.resource_words import answer_of, element_of_many
from turnstay_lint.rules.rule import Look
from turnstay_lint.rules.testing.new_tests import MANY, ONE, PAGE, Expected, Row
from turnstay_lint.source.types import Type

_OK, _NO_CONTENT = 200, 204
_REFUSED = (400, 404)
_INVALID = 422
_CHANGING_KEYS = ("response_model_", "response_class")
_ALIASES = ("alias", "serialization_alias", "exclude")
_IDENTIFIER = "id"


def expected_answer(look: Look, endpoint: Endpoint, fact: RouteFact, sample: Sample) -> Expected:
    """Return what a route answers who may ask it, with the values of a sample."""
    route = endpoint.routes[0]
    success = status_of(look.project, route) or _OK
    shape, keys = _shape(look, endpoint) if success != _NO_CONTENT else ("", ())
    if fact.method == "GET" and sample.is_empty and shape in (MANY, PAGE):
        return Expected((success,), shape, keys)
    invalid = () if sample.is_whole else (_INVALID,)
    return Expected((success, *_REFUSED, *invalid), shape, keys)


def of_row(expected: Expected, fact: RouteFact) -> Expected:
    """Return what a route answers of a row that is there."""
    if fact.method != "GET" or expected.shape != ONE:
        return expected
    return Expected(expected.statuses[:1], ONE, expected.keys, row=_IDENTIFIER in expected.keys)


def row_of(look: Look, fact: RouteFact, sample: Sample) -> Row | None:
    """Return the row that a route asks for by its identifier, if the tests can add one."""
    segments = [s for s in fact.own.split("/") if s and "{" not in s]
    if len(segments) != 1 or sample.path:
        return None
    name = singular(segments[0], look.settings.plurals).replace("-", "_")
    if not name.isidentifier():
        return None
    adds = adds_row(look.project, name)
    given = dict(sample.body or ()) if sample.body is not None else dict(sample.query)
    if not adds[1] or _IDENTIFIER not in given or name == look.settings.tenant_model.lower():
        return None
    return Row(adds, name, _IDENTIFIER)


def _shape(look: Look, endpoint: Endpoint) -> tuple[str, tuple[str, ...]]:
    route = endpoint.routes[0]
    changes = any(k.startswith(_CHANGING_KEYS) for k in route.keywords if k)
    answer = answer_of(look, endpoint, route)
    if changes or not answer.known:
        return "", ()
    element = element_of_many(answer)
    if element is not None:
        if answer.name.startswith("fastapi_pagination."):
            return PAGE, ()
        return MANY, _keys(look, element)
    keys = _keys(look, answer)
    return (ONE, keys) if keys else ("", ())


def _keys(look: Look, schema: Type) -> tuple[str, ...]:
    """Return the names that a schema's answer has, none where they may be others."""
    near = look.source.scope.module
    symbol = look.project.find(schema.name, near)
    if symbol is None or schema.arguments or not is_schema(look.project, schema.name, near):
        return ()
    if any(map(_is_renamed, fields(look.project, symbol))):
        return ()
    if configured(look.project, symbol, "alias_generator") is not None:
        return ()
    return tuple(dumped_fields(look.project, symbol.name))


def _is_renamed(field: AttributeSummary) -> bool:
    said = field.value
    return isinstance(said, Call) and any(said.keyword(name) is not None for name in _ALIASES)
