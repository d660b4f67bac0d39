"""Each service is copied, perhaps fixed, and driven once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import Struct

from tests.behaviour.codes import LEAKING
from tests.behaviour.forgetting import forget
from tests.behaviour.observed import Observed, observe
from tests.behaviour.postgresql import Server, running
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


def fixed_copy(folder: Path, *selecting: str, database: str = "") -> ServiceCopy:
    """Return a copy of the drifted service after all its fixes, or those that are selected."""
    service = ServiceCopy("drifted", folder, database)
    command = ("-m", "turnstay_lint", "--no-cache", "--fix", "--unsafe-fixes", *selecting, ".")
    done = service.run(*command)
    assert done.returncode == FINDINGS_LEFT, done.stdout + done.stderr
    return service


class Driving:
    """Services that are driven side by side, two at a time, from when the first is asked for."""

    def __init__(self, folder: Path, pool: Executor) -> None:
        """Begin to drive every service, each copied into a folder of its own."""
        select = f"--select={','.join(sorted(made(LEAKING)))}"
        self._begun = {
            "guesthouse": pool.submit(lambda: _driven(ServiceCopy("guesthouse", folder / "0"))),
            "drifted": pool.submit(lambda: _driven(ServiceCopy("drifted", folder / "1"))),
            "fixed": pool.submit(lambda: _driven(fixed_copy(folder / "2"))),
            "kept apart": pool.submit(
                lambda: _driven(fixed_copy(folder / "3", select), ("limited user",))
            ),
            "forgetful": pool.submit(lambda: _driven(_forgetful(folder / "4"), ("stranger",))),
        }

    def __getitem__(self, name: str) -> Driven:
        return self._begun[name].result()


def _forgetful(folder: Path) -> ServiceCopy:
    service = ServiceCopy("guesthouse", folder)
    forget(service.folder)
    return service


@pytest.fixture(scope="session")
def driving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driving]:
    with ThreadPoolExecutor(2) as pool:
        yield Driving(tmp_path_factory.mktemp("driven"), pool)


@pytest.fixture(scope="session")
def guesthouse(driving: Driving) -> Driven:
    return driving["guesthouse"]


@pytest.fixture(scope="session")
def drifted(driving: Driving) -> Driven:
    return driving["drifted"]


@pytest.fixture(scope="session")
def fixed(driving: Driving) -> Driven:
    """The drifted service after all its fixes."""
    return driving["fixed"]


@pytest.fixture(scope="session")
def kept_apart(driving: Driving) -> Driven:
    """The drifted service after the fixes that keep companies apart, and no others."""
    return driving["kept apart"]


@pytest.fixture(scope="session")
def forgetful(driving: Driving) -> Driven:
    """The clean service with some of its guards forgotten."""
    return driving["forgetful"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of the tests' own."""
    with running() as server:
        yield server
