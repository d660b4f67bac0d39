"""What is kept between runs: when it holds, when it does not, and that it may be anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import turnstay_lint.engine.passes.survey
import turnstay_lint.engine.services.roots
from tests.engine.services import FIXED, LAZY, write
from tests.rules.access.guarded_service import SERVICE as GUARDED
from tests.tenant_service import DEPS, MODELS
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.files.writing import CACHE
from turnstay_lint.engine.keeping import store
from turnstay_lint.engine.keeping.stamps import file_stamp, lasting
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.source.file import SourceFile

SERVICES = Path(__file__).parents[2] / "fixtures/services"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are parsed from now on."""
    names: list[str] = []
    real = turnstay_lint.engine.passes.survey.read_source

    def noted(root: Root, file: str, content: bytes) -> SourceFile:
        names.append(Path(file).name)
        return real(root, file, content)

    monkeypatch.setattr(turnstay_lint.engine.passes.survey, "read_source", noted)
    return names


@pytest.fixture
def service(tmp_path: Path) -> Path:
    files = {"pyproject.toml": "", "app/a.py": LAZY, "app/b.py": LAZY, "app/c.py": "x = 1\n"}
    return write(tmp_path / "service", files)


def found(path: Path, caching: Caching | None) -> list[str]:
    """Return what is found, file by file."""
    report = check([path], Options(caching=caching, jobs=1))
    return [f"{finding.path} {finding.span.line} {finding.code}" for finding in report.findings]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{store.SUFFIX}"))


def test_a_second_run_reads_no_file(service: Path, read: list[str]) -> None:
    first = found(service, Caching())
    assert len(first) == 2 and sorted(read) == ["a.py", "b.py", "c.py"]
    read.clear()
    assert found(service, Caching()) == first and not read
    assert (service / CACHE / ".gitignore").read_text() == "*\n"


def test_a_file_that_says_the_same_to_others_is_read_alone(service: Path, read: list[str]) -> None:
    found(service, Caching())
    read.clear()
    (service / "app/a.py").write_text(f"\n\n{LAZY}")
    lines = [line.rpartition("/")[2] for line in found(service, Caching())]
    assert lines == ["a.py 8 TSL306", "b.py 6 TSL306"] and read == ["a.py"]


def test_a_file_that_was_only_touched_is_not_parsed(service: Path, read: list[str]) -> None:
    found(service, Caching())
    read.clear()
    os.utime(service / "app/a.py", ns=(1, 1))
    assert len(found(service, Caching())) == 2 and not read


def test_a_file_of_the_same_size_and_time_is_another(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstay_lint.engine.keeping.stamps._TICK", 0)
    file = service / "app/a.py"
    found(service, Caching())
    before = file.stat()
    file.write_text(LAZY.replace("relationship(", "relationshit("))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert len(found(service, Caching())) == 1


def test_a_stamp_is_trusted_once_its_clock_has_ticked(service: Path) -> None:
    stamp = file_stamp(str(service / "app/a.py"))
    assert stamp is not None
    assert not lasting(stamp, max(stamp[:2])) and lasting(stamp, max(stamp[:2]) + 10**9)
    whole_seconds = (5 * 10**9, 5 * 10**9, 1, 1)
    assert not lasting(whole_seconds, 7 * 10**9) and lasting(whole_seconds, 9 * 10**9)


def test_lines_that_move_what_findings_show_are_seen(tmp_path: Path) -> None:
    service = shutil.copytree(SERVICES / "drifted", tmp_path / "drifted")
    before = check([service], Options(caching=Caching()))
    shown = {place.path for f in before.findings for place in f.related if place.path != f.path}
    assert len(shown) > 3
    for path in shown:
        Path(path).write_text(f"# one more line\n{Path(path).read_text()}")
        moved = check([service], Options(caching=Caching()))
        afresh = check([service], Options())
        assert [(f.order, f.message, f.related) for f in moved.findings] == [
            (f.order, f.message, f.related) for f in afresh.findings
        ]


def test_what_is_said_beside_moved_lines_is_not_judged_again(
    tmp_path: Path, read: list[str]
) -> None:
    service = shutil.copytree(SERVICES / "guesthouse", tmp_path / "guesthouse")
    check([service], Options(caching=Caching(), jobs=1))
    read.clear()
    file = service / "app/models.py"
    file.write_text(f"# one more line\n{file.read_text()}")
    check([service], Options(caching=Caching(), jobs=1))
    assert read == [file.name]


def test_another_body_of_an_endpoint_is_looked_at_alone(tmp_path: Path, read: list[str]) -> None:
    service = shutil.copytree(SERVICES / "guesthouse", tmp_path / "guesthouse")
    check([service], Options(caching=Caching(), jobs=1))
    file = service / "app/api/endpoints/bookings.py"
    assert "    return " in file.read_text()
    file.write_text(file.read_text().replace("    return ", "    done = True\n    return ", 1))
    read.clear()
    check([service], Options(caching=Caching(), jobs=1))
    assert read == ["bookings.py"]


REPORTS = """
from fastapi import APIRouter, Depends

from app.api import deps

router = APIRouter()


@router.get("/report", response_model=None)
async def get_report(asked: str = Depends(deps.get_asked)):
    return None
"""
ASKED = """


async def get_asked(asked: str):
    if asked != "nobody":
        raise HTTPException(status_code=401, detail="no")
    return asked
"""


def test_a_body_that_refuses_no_more_is_seen(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", **GUARDED})
    deps = tmp_path / "app/api/deps.py"
    deps.write_text(deps.read_text() + ASKED)
    write(tmp_path, {"app/api/endpoints/reports.py": REPORTS})
    assert not any("TSL201" in line for line in found(tmp_path, Caching()))
    deps.write_text(deps.read_text().replace('401, detail="no"', '404, detail="no"'))
    afterwards = found(tmp_path, Caching())
    assert any("reports.py 9 TSL201" in line for line in afterwards)
    assert afterwards == found(tmp_path, None)


def test_what_was_read_again_is_known_until_something_is_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"pyproject.toml": "", **GUARDED})
    deps, reports = tmp_path / "app/api/deps.py", tmp_path / "app/api/endpoints/reports.py"
    deps.write_text(deps.read_text() + ASKED)
    write(tmp_path, {"app/api/endpoints/reports.py": REPORTS})
    first = found(tmp_path, Caching())
    again: list[str] = []
    real = turnstay_lint.engine.services.roots.read_source

    def noted(root: Root, file: str, content: bytes) -> SourceFile:
        again.append(Path(file).name)
        return real(root, file, content)

    monkeypatch.setattr(turnstay_lint.engine.services.roots, "read_source", noted)
    reports.write_text(f"{REPORTS}# a line\n")
    assert found(tmp_path, Caching()) == first and not again
    deps.write_text(deps.read_text().replace('401, detail="no"', '404, detail="no"'))
    reports.write_text(REPORTS)
    afterwards = found(tmp_path, Caching())
    assert any("reports.py 9 TSL201" in line for line in afterwards)
    reports.write_text(f"{REPORTS}# a line\n")
    assert found(tmp_path, Caching()) == afterwards == found(tmp_path, None)


HELPER = """
from sqlalchemy import select

from app.models import Account


async def account_of(session, account_id):
    return (await session.scalars(select(Account).where(Account.id == account_id))).one()
"""
HELPED = """
from app.api.utils.account_utils import account_of


async def test_it(session):
    assert session
"""


def test_a_test_that_calls_what_nobody_else_does_is_seen(tmp_path: Path, read: list[str]) -> None:
    files = {"app/models.py": MODELS, "app/deps.py": DEPS, "app/api/utils/account_utils.py": HELPER}
    write(tmp_path, {"pyproject.toml": "", **files, "app/tests/test_helpers.py": HELPED})
    first = found(tmp_path, Caching())
    assert any("account_utils.py" in line for line in first)
    test = tmp_path / "app/tests/test_helpers.py"
    read.clear()
    test.write_text(HELPED.replace("assert session", "session.flush()"))
    assert found(tmp_path, Caching()) == first and read == ["test_helpers.py"]
    test.write_text(HELPED.replace("assert session", "await account_of(session, 1)"))
    afterwards = found(tmp_path, Caching())
    assert afterwards == found(tmp_path, None) and afterwards != first
    test.write_text(HELPED.replace("assert session", "await app.account_of(session, 1)"))
    assert found(tmp_path, Caching()) == first


def test_a_file_that_imports_what_is_misnamed_is_looked_at_alone(
    tmp_path: Path, read: list[str]
) -> None:
    name = "from app.api.utils.account_utils import account_of\n"
    files = {"app/api/utils/account.py": HELPER, "app/api/more.py": name.replace("_utils ", " ")}
    write(tmp_path, {"pyproject.toml": "", "app/models.py": MODELS, **files})
    first = found(tmp_path, Caching())
    assert any("utils/account.py 1 TSL002" in line for line in first)
    more = tmp_path / "app/api/more.py"
    read.clear()
    more.write_text(more.read_text() + "# a line\n")
    assert found(tmp_path, Caching()) == first and read == ["more.py"]
    more.write_text(more.read_text() + "import app.api.utils.account\n")
    reports = [check([tmp_path], Options(caching=c, jobs=1)) for c in (Caching(), None)]
    reasons = [[f.unfixable for f in r.findings if f.code == "TSL002"] for r in reports]
    assert reasons[0] == reasons[1] and "imports it whole" in reasons[0][0]


def test_fixes_are_made_of_what_is_remembered(service: Path) -> None:
    from turnstay_lint.engine.repairing.repair import repair

    found(service, Caching())
    report = repair([service], Options(caching=Caching(plans=True)), dry=False)
    assert report.fixed == 2 and (service / "app/a.py").read_text() == FIXED
    assert found(service, Caching()) == []


def test_a_file_that_goes_and_one_that_comes(service: Path) -> None:
    found(service, Caching())
    (service / "app/a.py").rename(service / "app/d.py")
    names = [line.split()[0].rpartition("/")[2] for line in found(service, Caching())]
    assert names == ["b.py", "d.py"]


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"turnstay",
        b"turnstay-lint keeps\n" + b"\0" * 40,
        b"\x80\x04K\x01.",
    ],
    ids=["empty", "short", "of zeros", "a pickle"],
)
def test_a_store_that_is_none_is_left_unused_and_made_again(
    service: Path, spoilt: bytes, read: list[str]
) -> None:
    first = found(service, Caching())
    [file] = kept(service / CACHE)
    file.write_bytes(spoilt)
    caching = Caching()
    assert found(service, caching) == first
    [note] = caching.notes
    assert note.startswith(str(file))
    read.clear()
    assert found(service, Caching()) == first and not read


def test_a_store_with_a_bit_turned_is_left_unused(service: Path) -> None:
    first = found(service, Caching())
    [file] = kept(service / CACHE)
    content = bytearray(file.read_bytes())
    content[-30] ^= 1
    file.write_bytes(content)
    caching = Caching()
    assert found(service, caching) == first and caching.notes == [f"{file}: is not whole"]


def test_a_store_of_another_shape_is_left_unused(service: Path) -> None:
    first = found(service, Caching())
    [file] = kept(service / CACHE)
    meant = file.read_bytes()[len(b"turnstay-lint keeps\n") :][:16]
    store.keep(file, meant, b"\x93\x01\x02\x03")
    caching = Caching()
    assert found(service, caching) == first and len(caching.notes) == 1


def test_what_another_version_kept_is_not_looked_at(
    service: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    found(service, Caching())
    monkeypatch.setattr("turnstay_lint.engine.passes.memory.program", lambda: "a newer one")
    read.clear()
    found(service, Caching())
    assert len(read) == 3 and len(kept(service / CACHE)) == 2


def test_installing_a_package_makes_answers_old(
    service: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: list[str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    found(service, Caching())
    (site / "package").mkdir()
    read.clear()
    found(service, Caching())
    assert len(read) == 3


def test_a_folder_that_is_a_file_keeps_nothing(service: Path) -> None:
    (service / CACHE).write_text("")
    caching = Caching()
    assert len(found(service, caching)) == 2 and len(caching.notes) == 1
    assert (service / CACHE).read_text() == ""


def test_a_folder_that_is_a_link_keeps_nothing(service: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (service / CACHE).symlink_to(tmp_path / "elsewhere")
    caching = Caching()
    assert len(found(service, caching)) == 2 and len(caching.notes) == 1
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_store_that_cannot_be_replaced_is_let_be(service: Path) -> None:
    first = found(service, Caching())
    [file] = kept(service / CACHE)
    file.unlink()
    file.mkdir()
    caching = Caching()
    assert found(service, caching) == first and caching.notes
    assert not list((service / CACHE).glob("*.part"))


def test_one_folder_for_all_services(tmp_path: Path, read: list[str]) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"pyproject.toml": "", "app/a.py": LAZY})
    caching = Caching(tmp_path / "all")
    assert len(found(tmp_path, caching)) == 2
    assert len(kept(tmp_path / "all")) == 2 and not list(tmp_path.glob(f"*/{CACHE}"))
    read.clear()
    assert len(found(tmp_path, caching)) == 2 and not read


def test_nothing_is_kept_beside_files_of_no_project(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": LAZY})
    caching = Caching()
    assert len(found(tmp_path, caching)) == 1 and not caching.notes
    assert [file.name for file in tmp_path.iterdir()] == ["a.py"]


def test_the_oldest_of_too_many_stores_go(service: Path) -> None:
    for number in range(9):
        write(service, {"pyproject.toml": f"[tool.turnstay-lint]\nline-length = {80 + number}\n"})
        found(service, Caching())
        when = time.time() - 1000 + number
        for file in kept(service / CACHE):
            if file.stat().st_mtime > time.time() - 500:
                os.utime(file, (when, when))
    assert len(kept(service / CACHE)) == 6


def test_what_nobody_asked_for_in_a_long_time_goes(service: Path) -> None:
    found(service, Caching())
    old = service / CACHE / f"other-1{store.SUFFIX}"
    left = service / CACHE / f"other-2{store.SUFFIX}.7.part"
    for file in (old, left):
        file.write_bytes(b"")
        os.utime(file, (1, 1))
    (service / "app/a.py").write_text(FIXED)
    found(service, Caching())
    assert not old.exists() and not left.exists() and len(kept(service / CACHE)) == 1


def test_files_that_are_gone_are_forgotten(service: Path) -> None:
    found(service, Caching())
    [file] = kept(service / CACHE)
    assert b"app/a.py" in file.read_bytes()
    (service / "app/a.py").unlink()
    found(service, Caching())
    assert b"app/a.py" not in file.read_bytes()


def test_two_runs_at_once_leave_a_whole_store(service: Path, read: list[str]) -> None:
    write(service, {f"app/m{n}.py": LAZY for n in range(30)})
    command = [sys.executable, "-m", "turnstay_lint", "-q", "--output-format", "concise", "."]
    runs = [
        subprocess.Popen(command, cwd=service, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert said[0] == said[1] == said[2] and said[0].count("TSL306") == 32
    caching = Caching()
    assert len(found(service, caching)) == 32 and not caching.notes


def test_a_file_that_changes_during_a_run_is_not_remembered(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = turnstay_lint.engine.passes.survey.read_source

    def changing(root: Root, file: str, content: bytes) -> SourceFile:
        if file.endswith("a.py"):
            Path(file).write_text(FIXED)
        return real(root, file, content)

    with monkeypatch.context() as patch:
        patch.setattr(turnstay_lint.engine.passes.survey, "read_source", changing)
        assert len(found(service, Caching())) == 2
    assert len(found(service, Caching())) == 1


def test_what_stands_for_a_file_is_not_kept_as_the_file(service: Path) -> None:
    file = str(service / "app/a.py")
    found(service, Caching())
    options = Options(caching=Caching(), contents={file: FIXED.encode()}, jobs=1)
    assert len(check([service], options).findings) == 1
    assert len(found(service, Caching())) == 2


def test_what_another_puts_in_the_working_folder_is_no_other_program(
    service: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(service)
    monkeypatch.syspath_prepend(service)  # as ``python -m`` does
    first = found(service, Caching())
    (service / ".another_cache").mkdir()
    read.clear()
    assert found(service, Caching()) == first and not read
