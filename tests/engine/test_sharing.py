"""What one process tells another of a service, and what files are looked at for."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.engine.services import write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.run import examine
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.passes.survey import Kept
from turnstay_lint.engine.passes.workers import Joined
from turnstay_lint.engine.services.roots import Reader, Root
from turnstay_lint.engine.services.service import Service, Services
from turnstay_lint.project.calls.testing_calls import calls_function
from turnstay_lint.project.project import Project
from turnstay_lint.project.rereading import sites
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile

FILES = {
    "app/__init__.py": "",
    "app/a.py": "from app.b import find\n\n\ndef go(order):\n    row = find(order.id)\n    return row\n",
    "app/b.py": "def find(key): return key\n",
    "app/tests/test_b.py": "from app.b import find\n\n\ndef test_it(): find(1)\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"pyproject.toml": "", **FILES})
    return tmp_path


def project_of(root: Root) -> Project:
    sources = [SourceFile.from_text(path, text) for path, text in FILES.items()]
    return Project(map(summarise, sources), read=Reader(root))


@pytest.mark.parametrize("remembers", [True, False], ids=["summarised there", "by another"])
def test_a_process_is_told_what_it_did_not_summarise(here: Path, remembers: bool) -> None:
    root = Root(here, here)
    project = project_of(root)
    own = {str(here / "app/a.py"), str(here / "app/tests/test_b.py")}
    told: Joined = pickle.loads(pickle.dumps(Joined.of(root, project, own)))
    assert set(told.own) == own and not told.project.modules
    kept = Kept(0)
    if remembers:
        made = {str(here / s.path): s for s in project.modules.values()}
        kept.summaries.update((file, made[file]) for file in own)
    joined = told.here(root, kept)
    assert joined.modules == project.modules
    assert joined.layout == project.layout


def test_what_is_read_again_is_read_from_the_file(here: Path) -> None:
    project = project_of(Root(here, here))
    [site] = sites(project, "app/a.py")["go"]
    assert (site.called, site.positional) == ("app.b.find", "g")
    assert calls_function(project, "app/tests/test_b.py", "app.b.find", "find")
    assert not calls_function(project, "app/tests/test_b.py", "app.b.lose", "lose")
    assert not calls_function(project, "app/tests/test_b.py", "app.b.keep", "find")
    assert sites(project, "app/gone.py") == {}
    assert not calls_function(project, "app/gone.py", "app.b.find", "find")


def test_a_file_that_only_calls_otherwise_than_on_disk_is_seen_as_it_is(here: Path) -> None:
    service = Service(Root(here, here), Services().configuration_of(here))
    as_written = SourceFile.from_text("app/a.py", FILES["app/a.py"])
    assert service.around(as_written) is service.project
    newer = SourceFile.from_text("app/a.py", FILES["app/a.py"].replace("order.id", "None"))
    [site] = sites(service.around(newer), "app/a.py")["go"]
    assert site.positional == "n"


def test_import_order_reads_no_other_file_and_knows_what_cannot_be_read(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, {"tools/broken.py": "def f(:\n", "x.py": "from tools import broken\nimport zlib\n"})
    read: list[str] = []
    real = "turnstay_lint.engine.passes.survey.read_source"
    from turnstay_lint.engine.services.roots import read_source

    def noted(root: Root, file: str, content: bytes) -> SourceFile:
        read.append(file)
        return read_source(root, file, content)

    monkeypatch.setattr(real, noted)
    report = check([here / "x.py"], Options(Services(select=("TSL001",)), jobs=1))
    [finding] = report.findings
    assert (finding.code, finding.span.line) == ("TSL001", 2)
    assert finding.message == "`zlib` (standard library) belongs above the local core imports"
    assert read == [str(here / "x.py")]


@pytest.fixture
def several(here: Path) -> list[str]:
    """Nine services of the same files, dealt out whole to two processes."""
    for n in range(9):
        own = {f"s{n}/{path}": text for path, text in FILES.items()}
        write(here, {f"s{n}/pyproject.toml": "", **own})
    return sorted(str(path) for path in here.glob("s*/app/**/*.py"))


def test_what_another_process_kept_to_itself_is_summarised_here_when_asked_for(
    several: list[str],
) -> None:
    examined = examine(several, Options(jobs=2))
    withheld = [said for said in examined.surveyed.values() if said.withheld]
    assert len(withheld) in (4 * 4, 5 * 4)
    alone = examine(several, Options(jobs=1))
    assert not any(said.withheld for said in alone.surveyed.values())
    for root, project in alone.projects.items():
        assert examined.projects[root].modules == project.modules
    assert not any(said.withheld for said in examined.surveyed.values())
    assert examined.judged == alone.judged


def test_what_outlives_the_run_comes_back_from_the_other_process(
    several: list[str], tmp_path: Path
) -> None:
    caching = Caching(tmp_path / "cache")
    examined = examine(several, Options(jobs=2, caching=caching))
    assert all(said.packed for said in examined.surveyed.values())
    again = examine(several, Options(jobs=2, caching=caching))
    assert again.judged == examined.judged and caching.notes == []
