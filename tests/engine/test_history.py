"""What git says of revisions: which are history, and which are not to be fixed any more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.repositories import ADDS, FOLDER, OLD, git, repository
from tests.engine.services import write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.service import Services


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return repository(tmp_path / "service")


def found(folder: Path, **options: Any) -> Report:
    services = Services(select=("TSL901", "TSL001"), **options)
    return check([folder], Options(services, jobs=1))


def told(report: Report) -> dict[str, str]:
    """Return the reason why a revision is not fixed, by its file's name."""
    return {Path(f.path).name: f.unfixable for f in report.findings if f.code == "TSL901"}


def test_what_the_main_branch_has_is_found_and_not_fixed(service: Path) -> None:
    reasons = told(found(service))
    assert reasons["a.py"].startswith("main has this revision, so that databases may be past it")
    assert reasons["b.py"] == ""
    report = repair([service], Options(Services(select=("TSL901",)), jobs=1), unsafe_too=True)
    assert [Path(change.file).name for change in report.changes] == ["b.py"]


def test_what_is_committed_on_the_branch_alone_is_fixed(service: Path) -> None:
    git(service, "add", ".")
    git(service, "commit", "-qm", "y")
    assert told(found(service))["b.py"] == ""


def test_origin_comes_before_a_branch_of_ones_own(service: Path, tmp_path: Path) -> None:
    git(service, "add", ".")
    git(service, "commit", "-qm", "y")
    git(service, "branch", "-f", "main", "feature")
    assert told(found(service))["b.py"].startswith("main has")
    git(service, "update-ref", "refs/remotes/origin/main", "main~1")
    assert told(found(service))["b.py"] == ""
    assert told(found(service))["a.py"].startswith("origin/main has")


def test_another_main_branch(service: Path) -> None:
    git(service, "checkout", "-qb", "trunk", "main")
    settings = '[tool.turnstay-lint]\nmain-branch = "trunk"\n'
    write(service, {"pyproject.toml": settings})
    assert told(found(service))["a.py"].startswith("trunk has")


@pytest.mark.parametrize("asked", ["option", "configuration"])
def test_it_is_fixed_where_that_is_asked_for(service: Path, asked: str) -> None:
    if asked == "configuration":
        write(service, {"pyproject.toml": "[tool.turnstay-lint]\nfix-history = true\n"})
    report = found(service, fix_history=asked == "option")
    assert told(report) == {"a.py": "", "b.py": ""}
    assert "not known" not in report.findings[0].help


def test_only_files_that_are_new_since_a_revision(service: Path) -> None:
    assert set(told(found(service, since="main"))) == {"b.py"}
    text = OLD[f"{FOLDER}/a.py"].replace("as sa\n", "as sa\nimport os\n")
    write(service, {f"{FOLDER}/a.py": text})
    codes = {f.code for f in found(service, since="main").findings if f.path.endswith("a.py")}
    assert codes == {"TSL001"}, "what is no matter of migrations is found all the same"


def test_a_folder_that_the_revision_has_not(service: Path) -> None:
    write(service, {"other/versions/z.py": ADDS.format("z", "None")})
    assert set(told(found(service, since="main"))) == {"b.py", "z.py"}


def test_without_a_repository_nothing_is_withheld_and_it_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path / "plain", OLD)
    (finding,) = found(folder).findings
    assert finding.fix is not None
    assert "Whether the main branch has this revision is not known: not a git" in finding.help
    (finding,) = found(folder, since="main").findings
    assert "Whether main has this file is not known" in finding.help


def test_without_git(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    first, _ = found(service).findings
    assert first.fix is not None
    assert first.help.endswith("is not known: git is not installed")


def test_a_repository_without_a_main_branch(service: Path) -> None:
    git(service, "branch", "-m", "main", "start")
    first, _ = found(service).findings
    assert first.help.endswith("the repository has no branch main or master")


def test_git_is_asked_only_where_a_migration_has_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "bin" / "git"
    trap.parent.mkdir()
    trap.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\n")
    trap.chmod(0o755)
    monkeypatch.setenv("PATH", f"{trap.parent}:/usr/bin:/bin")
    clean = OLD[f"{FOLDER}/a.py"].replace("False", "True")
    found(write(tmp_path / "clean", {f"{FOLDER}/a.py": clean, "pyproject.toml": ""}))
    assert not (tmp_path / "asked").exists()
    found(write(tmp_path / "other", OLD))
    assert (tmp_path / "asked").exists()
