"""``turnstay-lint fleet``: many repositories, a line each, and what all of them come to."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.engine.repositories import git
from tests.engine.services import FIXED, LAZY, write
from tests.frontends.command_line import CommandLine

TABLE = """\
findings  repositories  rule
       2             2  TSL306 [*] lazy-relationship
"""


@pytest.fixture
def fleet(command: CommandLine) -> CommandLine:
    """Two services with a finding each, and one that is not there."""
    write(command.folder, {"a/x.py": LAZY, "b/y.py": LAZY, "repos.txt": "a\nb # the other\ngone\n"})
    return command


def remote(folder: Path) -> str:
    """Make a repository with two commits, of which the first has another name; its address."""
    write(folder, {"app/models.py": LAZY, "pyproject.toml": ""})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    git(folder, "tag", "v1")
    write(folder, {"app/models.py": FIXED})
    git(folder, "commit", "-qam", "y")
    return f"file://{folder}"


def test_a_line_for_each_and_a_table_of_rules(fleet: CommandLine) -> None:
    ended = fleet("fleet", "repos.txt", "--select", "TSL306", "--jobs", "1")
    assert (ended.status, ended.errors) == (2, "gone: there is no such folder\n")
    assert ended.output == (
        "a: 1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
        "b: 1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
        f"{TABLE}"
        "3 repositories, 1 failed: 2 findings in 2 files (2 fixable with --fix), 0.00 s\n"
    )


@pytest.mark.parametrize(
    ("names", "options", "status"),
    [
        ("a", (), 1),
        ("a", ("--exit-zero",), 0),
        ("a", ("--fix",), 0),
        ("a", ("--fix", "--exit-non-zero-on-fix"), 1),
        ("a\ngone", ("--exit-zero",), 2),
        ("a", ("--select", "TSL001"), 0),
    ],
)
def test_it_ends_as_the_worst_of_them(
    fleet: CommandLine, names: str, options: tuple[str, ...], status: int
) -> None:
    write(fleet.folder, {"some.txt": names})
    select = () if "--select" in options else ("--select", "TSL306")
    assert fleet("fleet", "some.txt", "--jobs", "1", *select, *options).status == status


def test_fixes_are_made_and_each_repository_is_undone_by_itself(fleet: CommandLine) -> None:
    ended = fleet("fleet", "repos.txt", "--select", "TSL306", "--fix", "--jobs", "2")
    assert "a: fixed 1 in 1 file, 0 findings left in 1 file, 0.00 s\n" in ended.output
    assert (fleet.folder / "a/x.py").read_text() == FIXED
    assert (fleet.folder / "b/y.py").read_text() == FIXED
    assert fleet("undo", "a").status == 0
    assert (fleet.folder / "a/x.py").read_text() == LAZY
    assert (fleet.folder / "b/y.py").read_text() == FIXED


def test_one_run_is_taken_back_together(fleet: CommandLine) -> None:
    fleet("fleet", "repos.txt", "--select", "TSL306", "--fix", "--jobs", "1")
    assert "took back the fixes" in fleet("undo").output
    assert (fleet.folder / "a/x.py").read_text() == LAZY
    assert (fleet.folder / "b/y.py").read_text() == LAZY


def test_a_difference_is_a_patch_for_the_working_folder(fleet: CommandLine) -> None:
    git(fleet.folder, "init", "-q")
    ended = fleet("fleet", "repos.txt", "--select", "TSL306", "--diff", "--jobs", "1")
    assert (fleet.folder / "a/x.py").read_text() == LAZY
    assert "a: would fix 1 in 1 file" in ended.errors
    write(fleet.folder, {"all.patch": ended.output})
    git(fleet.folder, "apply", "all.patch")
    assert (fleet.folder / "a/x.py").read_text() == FIXED
    assert (fleet.folder / "b/y.py").read_text() == FIXED


def test_a_patch_for_each_where_that_is_asked_for(fleet: CommandLine) -> None:
    options = ("--select", "TSL306", "--diff", "--patches", "out", "--jobs", "1")
    ended = fleet("fleet", "repos.txt", *options)
    assert f"a: patch in {Path('out/a.patch')}\n" in ended.errors
    git(fleet.folder / "a", "init", "-q")
    git(fleet.folder / "a", "apply", "../out/a.patch")
    assert (fleet.folder / "a/x.py").read_text() == FIXED
    assert (fleet.folder / "b/y.py").read_text() == LAZY


def test_what_is_cloned_is_checked_at_its_revision(command: CommandLine) -> None:
    address = remote(command.folder / "origin")
    write(command.folder, {"repos.txt": f"{address}\ngit+{address}@v1\ngit+{address}@none\n"})
    options = ("--select", "TSL306", "--jobs", "1", "--output-format", "concise")
    ended = command("fleet", "repos.txt", *options)
    assert ended.status == 2
    assert f"{address}: 0 findings in 1 file, 0.00 s\n" in ended.output
    assert f"git+{address}@v1/app/models.py:6:15: TSL306 [*] " in ended.output
    assert ended.errors == (
        f"git+{address}@none: cannot be cloned: couldn't find remote ref none\n"
    )


def test_fixes_of_what_is_cloned_are_patches(command: CommandLine) -> None:
    address = remote(command.folder / "origin")
    write(command.folder, {"repos.txt": f"git+{address}@v1\n"})
    options = ("fleet", "repos.txt", "--select", "TSL306", "--fix", "--jobs", "1")
    refused = command(*options)
    assert refused.status == 2 and "--patches FOLDER takes what fixes would" in refused.errors
    ended = command(*options, "--patches", "out")
    assert ended.status == 0
    (patch,) = (command.folder / "out").iterdir()
    git(command.folder / "origin", "checkout", "-q", "v1")
    git(command.folder / "origin", "apply", str(patch))
    assert (command.folder / "origin/app/models.py").read_text() == FIXED


def test_findings_for_people_and_for_programs(fleet: CommandLine) -> None:
    select = ("--select", "TSL306", "--jobs", "1")
    full = fleet("fleet", "repos.txt", *select, "--output-format", "full").output
    assert "a/x.py:6:15" in full and 'relationship("Company")' in full
    told = json.loads(fleet("fleet", "repos.txt", *select, "--output-format", "json").output)
    assert [one["repository"] for one in told["repositories"]] == ["a", "b", "gone"]
    first, second, third = told["repositories"]
    assert [f["filename"] for f in (*first["findings"], *second["findings"])] == [
        "a/x.py",
        "b/y.py",
    ]
    assert (first["files"], first["fixed"], first["unread"], first["error"]) == (1, 0, 0, None)
    assert third["error"] == "there is no such folder"
    assert told["rules"] == [
        {
            "code": "TSL306",
            "name": "lazy-relationship",
            "findings": 2,
            "repositories": 2,
            "fixable": 2,
        }
    ]
    sarif = json.loads(fleet("fleet", "repos.txt", *select, "--output-format", "sarif").output)
    assert len(sarif["runs"][0]["results"]) == 2


def test_what_is_known_of_folders_is_kept_as_by_a_run_there(fleet: CommandLine) -> None:
    write(fleet.folder, {"a/pyproject.toml": "", "b/pyproject.toml": ""})
    options = ("fleet", "repos.txt", "--select", "TSL306", "--jobs", "1")
    first = fleet(*options, "--no-cache")
    assert not (fleet.folder / "a/.turnstay_cache").exists()
    for _ in range(2):
        assert fleet(*options) == first
        assert (fleet.folder / "a/.turnstay_cache").exists()
    write(fleet.folder, {"b/y.py": FIXED})
    assert "b: 0 findings in 1 file" in fleet(*options, "--cache-dir", "kept").output
    assert (fleet.folder / "kept").exists()
    assert "b: 0 findings in 1 file" in fleet(*options).output


def test_counts_alone(fleet: CommandLine) -> None:
    options = ("--select", "TSL306", "--statistics", "--quiet", "--jobs", "1")
    assert fleet("fleet", "repos.txt", *options).output == TABLE


def test_a_list_from_standard_input(fleet: CommandLine) -> None:
    ended = fleet("fleet", "-", "--select", "TSL306", "--jobs", "1", stdin=b"a\n")
    assert ended.status == 1 and ended.output.endswith("0.00 s\n")
    assert "1 repository: 1 finding in 1 file" in ended.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.txt",), "none.txt: No such file or directory"),
        (("empty.txt",), "empty.txt: names no repository"),
        (("latin.txt",), "latin.txt: is no text in UTF-8"),
        (("repos.txt", "--patches", "out"), "--patches goes with --fix or --diff"),
        (("repos.txt", "--executor", "ray://x"), "--executor ray://x: only dask://HOST:PORT"),
        (("repos.txt", "--select", "TSL3O6"), "--select: there is no rule 'TSL3O6'; did you"),
    ],
)
def test_wrong_usage(fleet: CommandLine, arguments: tuple[str, ...], message: str) -> None:
    write(fleet.folder, {"empty.txt": "# none\n", "latin.txt": b"\xe4\n"})
    ended = fleet("fleet", *arguments)
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors.startswith(f"turnstay-lint: {message}") and ended.errors.count("\n") == 1


def test_without_the_extra_that_is_said(
    fleet: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = fleet("fleet", "repos.txt", "--executor", "dask://localhost:1")
    assert (ended.status, ended.errors) == (
        2,
        "turnstay-lint: dask://localhost:1: that takes the extra turnstay-lint[dask]\n",
    )


_AT_ONCE = """
import sys
from turnstay_lint.frontends.cli import main, progress
progress._PATIENCE = 0
main(sys.argv[1:])
"""


def test_a_bar_is_drawn_for_who_watches(fleet: CommandLine) -> None:
    words = ["-c", _AT_ONCE, "fleet", "repos.txt", "--select", "TSL306", "--jobs", "1"]
    folder = str(fleet.folder)
    child = pexpect.spawn(sys.executable, words, cwd=folder, encoding="utf-8", timeout=120)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2
    assert re.search(r"\r\[##########? +\] +33% repositories\r\x1b\[K", child.before)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interruption_ends_in_order(fleet: CommandLine, tmp_path: Path, jobs: str) -> None:
    drifted = Path(__file__).parents[2] / "fixtures" / "services" / "drifted"
    links = [tmp_path / "many" / f"r{number}" for number in range(9)]
    for link in links:
        write(link, {"app/x.py": (drifted / "app/models.py").read_bytes()})
    write(tmp_path, {"many.txt": "a\n" + "".join(f"{link}\n" for link in links)})
    (tmp_path / "tmp").mkdir()
    words = [sys.executable, "-m", "turnstay_lint", "fleet", "many.txt", "--jobs", jobs]
    child = subprocess.Popen(
        words,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs these tests in the background has them ignore interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert child.stdout is not None
    assert child.stdout.readline().startswith(("a:", str(tmp_path)))
    time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert errors.startswith("interrupted after ") and errors.count("\n") == 1
    assert not list((tmp_path / "tmp").iterdir())
