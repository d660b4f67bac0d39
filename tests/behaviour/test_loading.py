"""Every load that cannot be awaited when a service runs is one that the linter reports."""

from __future__ import annotations

import pytest

from tests.behaviour.codes import DECLARED_LOADING, LOADING
from tests.behaviour.conftest import Driven
from tests.behaviour.observed import Load
from tests.behaviour.reported import Reported

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("behaviour")]


def test_the_clean_service_loads_nothing_that_it_does_not_await(guesthouse: Driven) -> None:
    assert guesthouse.observed.raising() == {}


def test_every_load_that_raises_is_reported(drifted: Driven) -> None:
    raising = drifted.observed.raising()
    assert len(raising) >= 3
    for endpoint, loads in raising.items():
        assert loads
        for load in loads:
            assert _is_declared(load, drifted.reported) or _is_read(
                endpoint, load, drifted.reported
            ), (endpoint, load)


def test_every_reported_read_raises(drifted: Driven) -> None:
    assert drifted.reported.endpoints(*LOADING) <= {*drifted.observed.raising()}


def test_an_error_of_that_code_is_a_load_that_was_seen(drifted: Driven) -> None:
    for called in drifted.observed.called:
        assert called.raised == bool(called.loads), called


def test_nothing_raises_after_the_fixes(fixed: Driven) -> None:
    assert fixed.observed.raising() == {}


def test_relationships_that_raise_when_read_are_those_that_are_reported(drifted: Driven) -> None:
    declared = {drifted.reported.relationship(p) for p in drifted.reported.of(*DECLARED_LOADING)}
    raising = [one for one in drifted.observed.relationships if one.raises]
    for relationship in raising:
        assert not declared.isdisjoint(relationship.names), relationship
    assert declared <= {name for relationship in raising for name in relationship.names}


def test_every_relationship_can_be_read_after_the_fixes(fixed: Driven, guesthouse: Driven) -> None:
    for driven in (fixed, guesthouse):
        assert len(driven.observed.relationships) >= 20
        assert not [one for one in driven.observed.relationships if one.raises]


def _is_declared(load: Load, reported: Reported) -> bool:
    declared = {reported.relationship(place) for place in reported.of(*DECLARED_LOADING)}
    return not declared.isdisjoint(load.names)


def _is_read(endpoint: str, load: Load, reported: Reported) -> bool:
    """A read is reported where it is, or at the return of what the response then reads."""
    attributes = {name.rpartition(".")[2] for name in load.names}
    return any(
        endpoint in reported.endpoints_of(place)
        and any(attribute in place.message for attribute in attributes)
        and load.place in ("", f"{place.path}:{place.line}")
        for place in reported.of(*LOADING)
    )
