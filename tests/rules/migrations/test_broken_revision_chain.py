"""TSL906: revisions that Alembic cannot bring into one order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import CycleDetected

from tests.engine.services import write
from tests.harness import Check
from turnstay_lint.project.settings import Settings

FOLDER = "alembic/versions"


def revision(name: str, follows: object = None, **more: object) -> str:
    """Return a revision that does nothing; ``more`` are its other variables."""
    said = {"revision": name, "down_revision": follows, **more}
    lines = "".join(f"{key} = {value!r}\n" for key, value in said.items())
    return f"{lines}\n\ndef upgrade():\n    pass\n"


def chain(*links: tuple[object, ...], folder: str = FOLDER) -> dict[str, str]:
    """Return files of revisions, each given as name and what it follows."""
    made = {}
    for number, (name, *follows) in enumerate(links):
        made[f"{folder}/{number}_{name}.py"] = revision(str(name), *follows)
    return made


def found(service: dict[str, str], **settings: Any) -> list[tuple[str, str]]:
    """Return path and message of everything that is found in a service."""
    said = []
    for path, text in service.items():
        others = {name: held for name, held in service.items() if name != path}
        check = Check("TSL906", path=path, others=others, settings=Settings(**settings))
        said += [(finding.path, finding.message) for finding in check.findings(text)]
    return said


def heads_of(folder: Path, service: dict[str, str]) -> tuple[str, ...]:
    """Return what Alembic holds to be the heads; raises what it raises."""
    write(folder, {**service, "alembic/env.py": ""})
    config = Config()
    config.set_main_option("script_location", str(folder / "alembic"))
    config.set_main_option("path_separator", "os")
    return tuple(ScriptDirectory.from_config(config).get_heads())


STRAIGHT = chain(("a",), ("b", "a"), ("c", "b"))
MERGED = chain(("a",), ("b", "a"), ("c", "a"), ("d", ("b", "c")), ("e", "d"))


@pytest.mark.parametrize("service", [STRAIGHT, MERGED])
def test_chains_that_have_an_order(service: dict[str, str], tmp_path: Path) -> None:
    assert found(service) == []
    assert len(heads_of(tmp_path, service)) == 1


def test_a_parent_that_no_file_is(tmp_path: Path) -> None:
    service = chain(("a",), ("b", "a"), ("d", "c"))
    Check("TSL906", f"{FOLDER}/d.py", others=chain(("a",), ("b", "a"))).flags(
        """
        revision = "d"
        down_revision: str | None = «"c"»
        """,
        after=None,
        message="revision d follows c, which no revision of the chain is",
        reason="only its author knows",
    )
    assert [path for path, _ in found(service)] == [f"{FOLDER}/2_d.py"]
    with pytest.warns(UserWarning, match="not present"), pytest.raises(KeyError):
        heads_of(tmp_path, service)


def test_one_of_several_parents() -> None:
    Check("TSL906", f"{FOLDER}/d.py", others=STRAIGHT).flags(
        'revision = "d"\ndown_revision = ("c", «"gone"»)\n', after=None
    )


def test_a_revision_that_is_depended_on() -> None:
    service = {**STRAIGHT, f"{FOLDER}/d.py": revision("d", "c", depends_on="gone")}
    assert [message for _, message in found(service)] == [
        "revision d depends on gone, which no revision of the chain is"
    ]


def test_two_files_with_one_identifier(tmp_path: Path) -> None:
    service = chain(("a",), ("b", "a"), ("b", "a"))
    assert found(service) == [(f"{FOLDER}/2_b.py", f"revision b is `{FOLDER}/1_b.py` too")]
    with pytest.warns(UserWarning, match="present more than once"):
        heads_of(tmp_path, service)


def test_a_circle_is_said_once(tmp_path: Path) -> None:
    service = chain(("a",), ("b", "d"), ("c", "b"), ("d", "c"))
    assert found(service) == [
        (f"{FOLDER}/1_b.py", "revisions follow each other in a circle: b after d after c after b")
    ]
    with pytest.raises(CycleDetected):
        heads_of(tmp_path, service)


def test_a_revision_that_follows_itself() -> None:
    assert [message for _, message in found(chain(("a",), ("b", "b")))] == [
        "revisions follow each other in a circle: b after b"
    ]


def test_two_heads(tmp_path: Path) -> None:
    service = chain(("a",), ("b", "a"), ("c", "b"), ("d", "b"))
    assert found(service) == [
        (f"{FOLDER}/3_d.py", "revision d is a second head beside c, which both follow b")
    ]
    assert len(heads_of(tmp_path, service)) == 2


def test_the_shorter_branch_is_the_second_head() -> None:
    service = chain(("a",), ("x", "a"), ("b", "a"), ("c", "b"))
    assert found(service) == [(f"{FOLDER}/1_x.py", "revision x is a second head beside c")]


def test_heads_that_have_a_branch_label(tmp_path: Path) -> None:
    labelled = revision("d", "b", branch_labels=("billing",))
    service = {**chain(("a",), ("b", "a"), ("c", "b")), f"{FOLDER}/3_d.py": labelled}
    assert found(service) == []
    assert len(heads_of(tmp_path, service)) == 2


def test_a_label_that_both_heads_have_tells_nothing_apart() -> None:
    labelled = revision("a", branch_labels=("billing",))
    service = {**chain(("b", "a"), ("c", "a")), f"{FOLDER}/start.py": labelled}
    assert len(found(service)) == 1


def test_parents_named_by_their_label(tmp_path: Path) -> None:
    service = {
        f"{FOLDER}/a.py": revision("a", branch_labels="start"),
        f"{FOLDER}/b.py": revision("b", "a"),
        f"{FOLDER}/c.py": revision("c", "b", depends_on="start"),
    }
    assert found(service) == []
    assert heads_of(tmp_path, service) == ("c",)


def test_environments_know_nothing_of_each_other() -> None:
    service = {**STRAIGHT, **chain(("a",), ("x", "a"), folder="alembic_tenants/versions")}
    assert found(service) == []


def test_folders_of_two_databases_below_one() -> None:
    service = {
        **chain(("a",), ("b", "a"), folder=f"{FOLDER}/sqlite"),
        **chain(("a",), ("c", "a"), folder=f"{FOLDER}/postgresql"),
    }
    assert found(service) == []


def test_folders_of_years_are_one_chain() -> None:
    service = {
        **chain(("a",), ("b", "a"), folder=f"{FOLDER}/2024"),
        **chain(("c", "b"), ("d", "c"), folder=f"{FOLDER}/2025"),
        **chain(("e", "d"), folder=f"{FOLDER}/2026"),
    }
    assert found(service) == []
    service |= chain(("x", "b"), folder=f"{FOLDER}/2027")
    assert [message for _, message in found(service)] == ["revision x is a second head beside e"]


def test_what_could_not_be_read_may_be_what_is_missing() -> None:
    unreadable = "revision = next_revision()\ndown_revision = 'b'\n"
    service = {**chain(("a",), ("b", "a"), ("d", "c")), f"{FOLDER}/c.py": unreadable}
    assert found(service) == []


def test_history_is_left_alone() -> None:
    service = chain(("a", "gone"), ("b", "a"), ("c", "b"))
    assert len(found(service)) == 1
    assert found(service, start_after="a") == []


def test_a_start_that_no_revision_is() -> None:
    assert found(STRAIGHT, start_after="zzz") == [
        (f"{FOLDER}/0_a.py", "`start-after` is zzz, which no revision is")
    ]


def test_a_file_that_is_no_revision() -> None:
    Check("TSL906").clean("down_revision = None\n")
    Check("TSL906").clean("revision = 5\ndown_revision = 'a'\n")
