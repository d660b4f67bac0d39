"""A Dask cluster gives the answer that one machine gives, and so it does when a worker is lost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from msgspec.structs import replace

from tests.engine.fleet.fleets import fleet_of, held, said, visits
from turnstay_lint.engine.fleet import dask
from turnstay_lint.engine.fleet.crews import crew_of
from turnstay_lint.engine.fleet.reaching import CannotReach
from turnstay_lint.engine.fleet.visiting import Order, difference, surroundings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dask")]

FIX = Order(fix=True, unsafe_too=True)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster


def address(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


def workers(cluster: LocalCluster) -> set[int]:
    return {nanny.pid for nanny in cluster.workers.values()}


@pytest.mark.parametrize("order", [FIX, replace(FIX, dry=True)], ids=["fix", "diff"])
def test_a_cluster_that_loses_a_worker_answers_as_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: LocalCluster, order: Order
) -> None:
    list_ = fleet_of(tmp_path / "here" / "fleet")
    here = shutil.copytree(list_.parent, tmp_path / "there" / "fleet", symlinks=True)
    outside = here / "nested/one/app/outside.py"
    outside.unlink()
    outside.symlink_to(here / "beside/models.py")

    monkeypatch.chdir(list_.parent)
    with crew_of("", 1) as crew:
        local = dict(visits(list_, order, crew, tmp_path / "scratch"))
    monkeypatch.chdir(here)
    before = workers(cluster)
    with crew_of(address(cluster), 1) as crew:
        # The worker that is at the largest repository goes while it is.
        killer = threading.Timer(2, os.kill, (min(before), signal.SIGKILL))
        killer.start()
        sent = dict(visits(here / "repos.txt", order, crew, tmp_path / "elsewhere"))
        killer.join()
    assert min(before) not in workers(cluster)

    assert {name: said(visit, here) for name, visit in sent.items()} == {
        name: said(visit, list_.parent) for name, visit in local.items()
    }
    assert held(here) == held(list_.parent)
    drifted = local["drifted"].report
    assert drifted is not None and drifted.fixed > 50


def test_a_scheduler_that_is_not_there_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    monkeypatch.setattr(dask, "_SECONDS", 1)
    with pytest.raises(CannotReach) as raised, crew_of(f"dask://127.0.0.1:{port}", 1):
        pass
    where = f"dask://127.0.0.1:{port}"
    assert str(raised.value).startswith(f"{where}: the scheduler cannot be reached: ")


def test_a_cluster_without_workers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_SECONDS", 1)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address="127.0.0.1:0") as empty,
        pytest.raises(CannotReach) as raised,
        crew_of(address(empty), 1),
    ):
        pass
    assert str(raised.value).endswith(": the cluster has no workers")


def test_a_worker_with_other_versions_is_named() -> None:
    own = surroundings()
    assert difference(own, own) == ""
    other = (*own[:1], "Python 2.7", *own[2:])
    assert difference(own, other) == f"Python 2.7 (here {own[1]})"
