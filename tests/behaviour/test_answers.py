"""What the OpenAPI schema says of an answer, before the fixes and after them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.behaviour.conftest import Driven
from tests.behaviour.observed import Called

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("behaviour")]

CODES = ("TSL101", "TSL102")
ANNOTATED = {"GET /api/v1/refund/receipt"}
"""FastAPI takes the schema from the return annotation; the handbook wants it said all the same."""
OWN_RESPONSE = {"GET /api/v1/public/checkout"}
"""What answers with a Response of its own has no schema."""
BY_DESIGN = {
    "GET /api/v1/admin/companies": "which fields Any has",
    "PATCH /api/v1/admin/company": "which fields Any has",
    "PATCH /api/v1/payment_intent": "which fields dict has",
    "GET /api/v1/public/currencies": "which fields dict has",
    "POST /api/v1/refund": "annotate what",
    "POST /api/v1/webhooks/{provider}": "a dict built by hand",
    "GET /health": "is no schema",
}
"""What is left after the fixes, and words of the reason."""


def test_answers_without_a_schema_are_those_that_are_reported(drifted: Driven) -> None:
    assert _unsaid(drifted) - OWN_RESPONSE == drifted.reported.endpoints(*CODES) - ANNOTATED


def test_every_answer_of_the_clean_service_has_a_schema(guesthouse: Driven) -> None:
    assert _unsaid(guesthouse) <= OWN_RESPONSE


def test_after_the_fixes_the_schemas_are_there(drifted: Driven, fixed: Driven) -> None:
    left = {
        endpoint: place.unfixable
        for place in fixed.reported.of(*CODES)
        for endpoint in fixed.reported.endpoints_of(place)
    }
    assert left.keys() == BY_DESIGN.keys()
    assert all(BY_DESIGN[endpoint] in reason for endpoint, reason in left.items()), left
    assert _unsaid(fixed) - OWN_RESPONSE == left.keys()
    mended = _unsaid(drifted) - _unsaid(fixed)
    assert mended == drifted.reported.endpoints(*CODES) - ANNOTATED - left.keys()


def test_answers_are_what_their_schemas_say(fixed: Driven) -> None:
    answered = [called for called in fixed.observed.called if called.status == 200]
    seen = {called.endpoint for called in answered if _schema(fixed, called.endpoint)}
    assert len(seen) >= 20
    for called in answered:
        _agrees(fixed, called)


def _agrees(driven: Driven, called: Called) -> None:
    schema = _schema(driven, called.endpoint)
    if schema:
        whole = {**schema, "components": driven.observed.schema["components"]}
        Draft202012Validator(whole).validate(json.loads(called.body))


def _unsaid(driven: Driven) -> set[str]:
    """Return the endpoints that answer JSON of which the schema names no fields."""
    return {
        endpoint
        for endpoint in driven.observed.endpoints
        if (schema := _schema(driven, endpoint)) is not None and "$ref" not in json.dumps(schema)
    }


def _schema(driven: Driven, endpoint: str) -> dict[str, Any] | None:
    """Return the schema of what an endpoint answers when all is well, None where that is no JSON."""
    method, path = endpoint.split()
    operation = driven.observed.schema["paths"][path][method.lower()]
    content = operation["responses"].get("200", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema
