"""``turnstay-lint migrations``: the chain as text, as a flowchart, as a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest

from tests.engine.services import write
from tests.frontends.command_line import CommandLine
from tests.rules.migrations.revision_chains import FOLDER, revision

ADD = 'op.add_column("accounts", sa.Column("status", sa.Text(), nullable=True))'
FILL = "op.execute(\"UPDATE accounts SET status = 'x'\")"
REQUIRE = 'op.alter_column("accounts", "status", nullable=False)'
CREATE = 'op.create_table("accounts", sa.Column("id", sa.Integer()), sa.Column("a"))'
SVG = "{http://www.w3.org/2000/svg}"


def merge(name: str, first: str, second: str, *lines: str) -> str:
    text = revision(name, first, *lines)
    return text.replace(f'= "{first}"', f'= ("{first}", "{second}")', 1)


BRANCHED = {
    f"{FOLDER}/{name}.py": text
    for name, text in {
        "a": revision("a", None, CREATE),
        "b": revision("b", "a", ADD),
        "c": revision("c", "b", FILL),
        "d": revision("d", "a", 'op.create_index("i", "accounts", ["id"])').replace(
            "branch_labels = None", 'branch_labels = ("billing",)'
        ),
        "e": revision("e", "a", "op.drop_table('<old>')"),
        "m": merge("m", "c", "d", REQUIRE),
        "n": revision("n", "m").replace("depends_on = None", 'depends_on = "e"'),
    }.items()
}


def shown(command: CommandLine, files: dict[str, str], *words: str) -> str:
    write(command.folder, {**files, "pyproject.toml": ""})
    ended = command("migrations", *words)
    assert (ended.status, ended.errors) == (0, "")
    return ended.output


def test_what_functions_of_other_files_do_is_shown(command: CommandLine) -> None:
    files = {
        f"{FOLDER}/a.py": revision("a", None, CREATE),
        f"{FOLDER}/b.py": revision("b", "a", "add('accounts')", before="from steps import add"),
        "alembic/steps.py": "from inner import put as add\n",
        "alembic/inner.py": "import sqlalchemy as sa\nfrom alembic import op\n\n\n"
        "def put(table):\n    op.add_column(table, sa.Column('status', sa.Text()))\n",
    }
    assert "    add accounts.status, nullable\n" in shown(command, files)


def test_the_chain_as_text(command: CommandLine) -> None:
    assert (
        shown(command, BRANCHED)
        == """\
alembic/versions: 7 revisions, head e, n

a  What a does.
    create table accounts (2 columns)

b  What b does.
    add accounts.status, nullable

c  What c does.
    update accounts.status

d  What d does.  [after a; branch billing]
    create index on accounts

m  What m does.  [after c, d]
    require accounts.status

e  What e does.  [after a]
    drop table <old>

n  What n does.  [after m; depends on e]

column           added  filled  NOT NULL
accounts.status  b      c       m
"""
    )


def test_the_chain_as_a_flowchart(command: CommandLine) -> None:
    lines = shown(command, BRANCHED, "--format", "mermaid").splitlines()
    assert lines[0] == "flowchart TD"
    assert '        c0r1["<b>b</b> What b does.<br/>add accounts.status, nullable"]:::add' in lines
    assert "    c0r2 --> c0r4" in lines
    assert "    c0r5 -.-> c0r6" in lines
    assert any("drop table #lt;old#gt;" in line for line in lines)


def test_the_chain_as_a_picture(command: CommandLine) -> None:
    picture = shown(command, BRANCHED, "--format", "svg")
    assert picture == command("migrations", "--format", "svg").output
    root = ElementTree.fromstring(picture)
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {"a", "What m does.", "drop table <old>", "require accounts.status"} <= {*words}
    circles = [(c.get("cx"), float(c.get("cy", 0))) for c in root.iter(f"{SVG}circle")]
    assert len(circles) == 7
    assert [y for _, y in circles] == sorted(y for _, y in circles)
    dashed = [path for path in root.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_no_line_of_a_branch_runs_through_another_revision(command: CommandLine) -> None:
    root = ElementTree.fromstring(shown(command, BRANCHED, "--format", "svg"))
    circles = {(int(c.get("cx", 0)), int(c.get("cy", 0))) for c in root.iter(f"{SVG}circle")}
    for path in root.iter(f"{SVG}path"):
        points = [(int(x), int(y)) for x, y in re.findall(r"[ML](\d+) (\d+)", path.get("d", ""))]
        ends = {points[0], points[-1]}
        for (x, y), (to_x, to_y) in pairwise(points):
            within = {(a, b) for a, b in circles - ends if x == to_x == a and y < b < to_y}
            assert not within, path.get("d")


def test_chains_of_several_environments(command: CommandLine) -> None:
    files = {
        f"{FOLDER}/a.py": revision("a", None, CREATE),
        "tenants/versions/a.py": revision("a", None, ADD.replace("True", "False")),
    }
    lines = shown(command, files).splitlines()
    assert "alembic/versions: 1 revision, head a" in lines
    assert "tenants/versions: 1 revision, head a" in lines
    assert "    add accounts.status NOT NULL, nothing fills it" in lines
    assert "accounts.status  a      –       a" in lines
    assert "tenants" not in shown(command, files, "alembic")


def test_what_cannot_be_read_is_said(command: CommandLine) -> None:
    files = {f"{FOLDER}/a.py": revision("a", None, "op.execute('DO $$ BEGIN END $$')")}
    assert "    not read: a DO block is a program of its own" in shown(command, files)


def test_a_revision_that_cannot_be_read_is_left_out_and_said(command: CommandLine) -> None:
    files = {
        f"{FOLDER}/a.py": revision("a", None, CREATE),
        f"{FOLDER}/b.py": "down_revision = 'a'\ndef (\n",
    }
    write(command.folder, {**files, "pyproject.toml": ""})
    ended = command("migrations")
    assert ended.status == 2
    assert "alembic/versions: 1 revision, head a" in ended.output
    assert "alembic/versions/b.py is left out: syntax error" in ended.errors


def test_a_circle_comes_to_an_end(command: CommandLine) -> None:
    files = {f"{FOLDER}/{n}.py": revision(n, of) for n, of in (("a", "b"), ("b", "a"))}
    for form in ("text", "mermaid", "svg"):
        assert "What a does." in shown(command, files, "--format", form)


def test_a_folder_without_revisions(command: CommandLine) -> None:
    write(command.folder, {"app.py": "", "pyproject.toml": ""})
    ended = command("migrations")
    assert (ended.status, ended.output) == (0, "")
    assert "no revisions here" in ended.errors


def test_a_path_that_is_not_there(command: CommandLine) -> None:
    ended = command("migrations", "gone")
    assert ended.status == 2
    assert "no such file or folder: 'gone'" in ended.errors


@pytest.mark.parametrize("form", ["text", "svg"])
def test_a_large_revision_is_cut_short_in_the_picture_alone(
    command: CommandLine, form: str
) -> None:
    lines = [f'op.drop_table("t{n}")' for n in range(12)]
    output = shown(command, {f"{FOLDER}/a.py": revision("a", None, *lines)}, "--format", form)
    assert ("drop table t11" in output) is (form == "text")
    assert ("and 4 more" in output) is (form == "svg")


def test_a_service_s_folder_of_that_name(command: CommandLine, tmp_path: Path) -> None:
    files = {"migrations/versions/a.py": revision("a", None, CREATE), "pyproject.toml": ""}
    write(command.folder, files)
    ended = command("migrations")
    assert "migrations/versions: 1 revision, head a" in ended.output
    assert "to check the path of that name" in ended.errors
