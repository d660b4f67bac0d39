"""A Dask cluster gives the answer that one machine gives, and so it does when a worker is lost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from msgspec.structs import replace

from tests.engine.fleet.fleets import fleet_of, held, said, visits
from turnstay_lint.engine.fleet import dask
from turnstay_lint.engine.fleet.crews import crew_of
from turnstay_lint.engine.fleet.reaching import CannotReach
from turnstay_lint.engine.fleet.visiting import Order, Visit, difference, surroundings

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


def twins(folder: Path, *, whole: bool) -> tuple[Path, Path]:
    """Make the same repositories twice; returns both lists."""
    one = fleet_of(folder / "here" / "fleet", whole=whole)
    other = shutil.copytree(one.parent, folder / "there" / "fleet", symlinks=True)
    outside = other / "nested/one/app/outside.py"
    outside.unlink()
    outside.symlink_to(other / "beside/models.py")
    return one, other / one.name


def kill_who_works(cluster: LocalCluster, killed: list[int]) -> None:
    """Kill the worker that is the first to have something to do, a second later."""
    scheduler = cluster.scheduler
    while not (busy := [at for at, worker in scheduler.workers.items() if worker.processing]):
        time.sleep(0.05)
    time.sleep(1)
    pid = next(nanny.pid for nanny in cluster.workers.values() if nanny.worker_address in busy)
    os.kill(pid, signal.SIGKILL)
    killed.append(pid)


def test_a_cluster_that_loses_a_worker_fixes_as_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: LocalCluster
) -> None:
    here, there = twins(tmp_path, whole=True)
    monkeypatch.chdir(here.parent)
    with crew_of("", 1) as crew:
        local = dict(visits(here, FIX, crew, tmp_path / "scratch"))
    monkeypatch.chdir(there.parent)
    killed: list[int] = []
    killer = threading.Thread(target=kill_who_works, args=(cluster, killed))
    with crew_of(address(cluster), 1) as crew:
        killer.start()
        sent = dict(visits(there, FIX, crew, tmp_path / "elsewhere"))
        killer.join()
    assert killed and set(killed).isdisjoint(workers(cluster))

    assert all_said(sent, there.parent) == all_said(local, here.parent)
    assert held(there.parent) == held(here.parent)
    drifted = local["drifted"].report
    assert drifted is not None and drifted.fixed > 50


def test_what_a_cluster_would_fix_is_what_one_machine_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: LocalCluster
) -> None:
    here, there = twins(tmp_path, whole=False)
    order = replace(FIX, dry=True)
    monkeypatch.chdir(here.parent)
    with crew_of("", 1) as crew:
        local = dict(visits(here, order, crew, tmp_path / "scratch"))
    monkeypatch.chdir(there.parent)
    with crew_of(address(cluster), 1) as crew:
        sent = dict(visits(there, order, crew, tmp_path / "elsewhere"))
    assert all_said(sent, there.parent) == all_said(local, here.parent)


def all_said(found: dict[str, Visit], folder: Path) -> dict[str, object]:
    return {name: said(visit, folder) for name, visit in found.items()}


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
