"""Each service is copied, perhaps fixed, and driven once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from tests.behaviour.codes import LEAKING
from tests.behaviour.forgetting import forget
from tests.behaviour.observed import Observed, observe
from tests.behaviour.reported import Reported, made
from tests.services.service_copy import ServiceCopy


class Driven(Struct, frozen=True):
    """A service as it runs, and as it is read."""

    observed: Observed
    reported: Reported


FINDINGS_LEFT = 1
EVERYBODY = ("stranger", "limited user", "owner", "administrator")


def _driven(service: ServiceCopy, parties: tuple[str, ...] = EVERYBODY) -> Driven:
    return Driven(observe(service, *parties), Reported(service.folder))


def _fixed(folder: Path, *selecting: str) -> ServiceCopy:
    service = ServiceCopy("drifted", folder)
    command = ("-m", "turnstay_lint", "--no-cache", "--fix", "--unsafe-fixes", *selecting, ".")
    done = service.run(*command)
    assert done.returncode == FINDINGS_LEFT, done.stdout + done.stderr
    return service


@pytest.fixture(scope="session")
def guesthouse(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    return _driven(ServiceCopy("guesthouse", tmp_path_factory.mktemp("clean")))


@pytest.fixture(scope="session")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    return _driven(ServiceCopy("drifted", tmp_path_factory.mktemp("drifted")))


@pytest.fixture(scope="session")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    """The drifted service after all its fixes."""
    return _driven(_fixed(tmp_path_factory.mktemp("fixed")))


@pytest.fixture(scope="session")
def kept_apart(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    """The drifted service after the fixes that keep companies apart, and no others."""
    select = f"--select={','.join(sorted(made(LEAKING)))}"
    return _driven(_fixed(tmp_path_factory.mktemp("kept apart"), select), ("limited user",))


@pytest.fixture(scope="session")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    """The clean service with some of its guards forgotten."""
    service = ServiceCopy("guesthouse", tmp_path_factory.mktemp("forgetful"))
    forget(service.folder)
    return _driven(service, ("stranger",))
