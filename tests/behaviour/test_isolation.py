"""The endpoints that leak when a service runs are those that the linter reports, and no others."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.behaviour import forgetting
from tests.behaviour.codes import BYPASSING, LEAKING
from tests.behaviour.conftest import Driven
from tests.behaviour.observed import Called
from tests.behaviour.reported import made

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("behaviour")]

CALLS = tomllib.loads(Path(__file__).with_name("calls.toml").read_text(encoding="utf-8"))
NO_FIX = {
    ("TSL301", "GET /api/v1/account/summary"): "only a reader can tell",
    ("TSL301", "GET /api/v1/booking"): "loader options",
    ("TSL301", "POST /api/v1/payment_intent/cancel"): "with_for_update",
    ("TSL301", "POST /api/v1/refund"): "answered with 400",
    ("TSL302", "POST /api/v1/refund"): "no name of the company is in scope",
    ("TSL315", "DELETE /api/v1/booking"): "one delete statement",
    ("TSL315", "GET /api/v1/payment_intents/export"): "orders its rows",
}
"""What is left after the fixes, by design: rule, endpoint, and words of the finding's reason."""


def test_every_endpoint_is_called(drifted: Driven, guesthouse: Driven) -> None:
    for driven in (drifted, guesthouse):
        assert {*CALLS} == {*driven.observed.endpoints} == driven.reported.routes()
        assert {called.endpoint for called in driven.observed.called} == {*CALLS}


def test_every_endpoint_is_asked_for_what_others_have(drifted: Driven) -> None:
    for endpoint, operation in _operations(drifted.observed.schema):
        for field in _fields(operation, drifted.observed.schema):
            if field == "id" or field.endswith("_id"):
                given = json.dumps(CALLS[endpoint])
                assert f'"{field}": "their.' in given, f"{endpoint} is not asked for {field}"


def test_the_clean_service_keeps_companies_and_accounts_apart(guesthouse: Driven) -> None:
    assert guesthouse.observed.trespasses("stranger") == {}
    assert guesthouse.observed.trespasses("limited user") == {}


def test_what_leaks_between_companies_is_what_is_reported(drifted: Driven) -> None:
    assert drifted.observed.leaking("stranger") == drifted.reported.endpoints(*LEAKING)


def test_every_forgotten_guard_leaks_where_it_is_reported(forgetful: Driven) -> None:
    leaking = forgetful.observed.leaking("stranger")
    assert leaking == set().union(*forgetting.LEAKING.values())
    for code in made(LEAKING):
        assert forgetful.reported.endpoints(code) == forgetting.LEAKING.get(code, set()), code


def test_whoever_ignores_allowed_accounts_is_reported(drifted: Driven) -> None:
    ignoring = drifted.observed.leaking("limited user")
    leaking = drifted.observed.leaking("stranger")
    bypassing = drifted.reported.endpoints(*BYPASSING)
    assert bypassing <= ignoring
    assert ignoring - leaking == bypassing - leaking


def test_whoever_ignores_allowed_accounts_alone_is_reported(
    kept_apart: Driven, drifted: Driven
) -> None:
    bypassing = (kept_apart if made(BYPASSING) else drifted).reported.endpoints(*BYPASSING)
    unmade = set() if made(BYPASSING) else _left(BYPASSING)
    ignoring = kept_apart.observed.leaking("limited user")
    leaking = _left(LEAKING) | _awaited(drifted, LEAKING)
    assert ignoring - leaking == (bypassing | unmade) - leaking


def test_nothing_leaks_after_the_fixes_but_what_says_why(fixed: Driven, drifted: Driven) -> None:
    left = {
        (place.code, endpoint): place.unfixable
        for place in fixed.reported.of(*made(LEAKING | BYPASSING))
        for endpoint in fixed.reported.endpoints_of(place)
    }
    assert left.keys() == {key for key in NO_FIX if made({key[0]})}
    assert all(NO_FIX[key] in reason for key, reason in left.items()), left
    leaking = _left(LEAKING) | _awaited(drifted, LEAKING)
    bypassing = _left(BYPASSING) | _awaited(drifted, BYPASSING)
    assert fixed.observed.leaking("stranger") == leaking
    assert fixed.observed.leaking("limited user") - leaking == bypassing - leaking


def test_a_company_still_gets_its_own_after_the_fixes(drifted: Driven, fixed: Driven) -> None:
    before = {calls[0].request: calls[0] for calls in drifted.observed.by("owner")}
    after = {calls[0].request: calls[0] for calls in fixed.observed.by("owner")}
    assert {*before} == {*after}
    for request, was in before.items():
        if "/admin/" in was.endpoint:  # where no company has anything of its own
            continue
        now = after[request]
        if was.raised:
            assert now.status == 200, request
        else:
            assert now.status == was.status, request
            assert _agree(_read(now), _read(was)), (request, now.body, was.body)


@pytest.mark.parametrize("party", ["owner", "administrator"])
def test_every_endpoint_answers_whom_it_is_for(guesthouse: Driven, party: str) -> None:
    answering = {
        calls[0].endpoint for calls in guesthouse.observed.by(party) if calls[0].status < 400
    }
    called = {calls[0].endpoint for calls in guesthouse.observed.by(party)}
    if party == "owner":
        called = {endpoint for endpoint in called if "/admin/" not in endpoint}
    assert answering == called


def _left(codes: frozenset[str]) -> set[str]:
    return {endpoint for code, endpoint in NO_FIX if code in codes}


def _awaited(drifted: Driven, codes: frozenset[str]) -> set[str]:
    return drifted.reported.endpoints(*codes - made(codes))


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def _fields(operation: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the parameters and of the body's fields."""
    for parameter in operation.get("parameters", ()):
        yield parameter["name"]
    content = operation.get("requestBody", {}).get("content", {})
    for kind in content.values():
        name = kind["schema"].get("$ref", "").rpartition("/")[2]
        if name:
            yield from schema["components"]["schemas"][name]["properties"]


def _read(called: Called) -> Any:
    try:
        return json.loads(called.body)
    except ValueError:
        return called.body


def _agree(one: Any, other: Any) -> bool:
    """Tell whether two answers give the same, where each may say more of a thing than the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = one.keys() & other.keys()
        return bool(both) and all(_agree(one[key], other[key]) for key in both)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_agree, one, other))
    return bool(one == other)
