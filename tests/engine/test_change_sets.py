"""Fixes that change several files: made in all of them or in none."""

from __future__ import annotations

import ast
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from tests.engine.services import write
from tests.engine.words import words
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Change, Report
from turnstay_lint.engine.configuring import registry
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.diffs import Naming
from turnstay_lint.engine.repairing.previews import Edit, previews
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import undo
from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Elsewhere, Finding, Move, Severity, unsafe
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span


class Named(Struct, frozen=True):
    """Say a name instead of ``WANT name``."""

    name: str


class Define(Struct, frozen=True):
    """Define a name, in the words of ``text``."""

    name: str
    text: str


def find_wants(look: Look) -> Iterator[Finding]:
    """Find ``WANT("name", "path", ...)``: define the name there, and say the name here."""
    for node in ast.walk(look.source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "WANT":
            name, *paths = [ast.literal_eval(argument) for argument in node.args]
            parts = tuple(
                Elsewhere(path.strip("+"), Define(name, f"{name} = {name!r}"), name, "+" in path)
                for path in paths
            )
            plan = Named(name)
            yield look.finding(node, f"WANT {name}", fix=unsafe("Do it", plan, "", parts))
        if isinstance(node, ast.Name) and node.id == "BAD":
            yield look.finding(node, "BAD", unfixable="it is bad")
        if isinstance(node, ast.Module) and {"left", "right"} <= _assigned(node):
            yield look.finding(node.body[0], "left and right", unfixable="one is too many")


def _assigned(module: ast.Module) -> set[str]:
    return {ast.unparse(one.targets[0]) for one in module.body if isinstance(one, ast.Assign)}


def define(plan: object, edits: Edits) -> None:
    assert isinstance(plan, Define)
    if plan.name == "refused":
        raise CannotFix("it cannot be defined")
    if plan.text in edits.tree.text:
        return
    end = len(edits.tree.text)
    edits.replace_text(end, end, plan.text.replace("'bad'", "BAD") + "\n")


def move(finding: Finding, edits: Edits) -> None:
    assert finding.fix is not None
    assert isinstance(finding.fix.plan, Named)
    edits.replace_span(finding.span, finding.fix.plan.name)


RULE = Rule("TSL306", "lazy-relationship", Severity.ERROR, find_wants)
QUOTES = "[tool.black]\nskip-string-normalization = true\n"
OPTIONS = Options(Services(select=("TSL306",)), jobs=1)
RULES_ARE_ASKED_IN = ("configuration", "selection", "registry")


@pytest.fixture(autouse=True)
def a_rule_of_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tuple(RULE if rule.code == RULE.code else rule for rule in registry.all_rules())
    for module in RULES_ARE_ASKED_IN:
        monkeypatch.setattr(
            f"turnstay_lint.engine.configuring.{module}.all_rules", lambda: rules, raising=False
        )
    codemod = Codemod("TSL306", move, define)
    monkeypatch.setattr("turnstay_lint.engine.mending.making.codemod_of", lambda code: codemod)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": QUOTES})


def contents(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.py"))
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def mended(folder: Path, *paths: str) -> Report:
    return repair([folder / path for path in paths or (".",)], OPTIONS, unsafe_too=True)


def reasons(report: Report) -> list[str]:
    return [finding.unfixable for finding in report.findings]


def test_every_file_is_changed_and_one_is_created(here: Path) -> None:
    write(here, {"a.py": 'x = WANT("one", "b.py", "new/c.py+")\n', "b.py": "# kept\n"})
    report = mended(here)
    assert contents(here) == {
        "a.py": "x = one\n",
        "b.py": "# kept\none = 'one'\n",
        "new/c.py": "one = 'one'\n",
    }
    assert (report.findings, report.fixed, report.exit_status()) == ((), 1, 0)
    assert [(c.name, len(c.applied), len(c.shared)) for c in report.changes] == [
        ("a.py", 1, 0),
        ("b.py", 0, 1),
        ("new/c.py", 0, 1),
    ]
    assert mended(here).changes == ()


def test_what_several_sets_need_is_made_once(here: Path) -> None:
    write(here, {"a.py": 'WANT("one", "b.py")\nWANT("two", "b.py")\n', "b.py": "x = 1\n"})
    write(here, {"c.py": 'WANT("one", "b.py")\n'})
    report = mended(here)
    assert contents(here) == {
        "a.py": "one\ntwo\n",
        "b.py": "x = 1\none = 'one'\ntwo = 'two'\n",
        "c.py": "one\n",
    }
    assert report.fixed == 3


def test_two_things_of_one_name_are_not_made_in_one_round(here: Path) -> None:
    other = Elsewhere("b.py", Define("one", "one = 2"), "one")
    assert other.adds == "one"
    write(here, {"a.py": 'WANT("one", "b.py")\n', "b.py": ""})
    write(here, {"c.py": 'WANT("one", "d.py", "b.py")\n', "d.py": ""})
    report = mended(here)
    assert report.fixed == 2
    assert contents(here)["b.py"] == "one = 'one'\n"


def test_where_one_part_is_refused_nothing_is_done(here: Path) -> None:
    before = {"a.py": 'WANT("refused", "b.py")\n', "b.py": "x = 1\n"}
    write(here, dict(before))
    report = mended(here)
    assert contents(here) == before
    assert reasons(report) == ["it cannot be defined"]


def test_of_many_sets_those_that_do_harm_are_told_apart_without_a_look_at_all(here: Path) -> None:
    names = [f"thing_{number}" for number in range(40)]
    wanted = {f"a{n}.py": f"x = WANT({name!r}, 'm{n}.py')\n" for n, name in enumerate(names)}
    write(here, wanted | {f"m{n}.py": "" for n in range(40)})
    write(here, {"b.py": "x = WANT('bad', 'm7.py')\n", "c.py": "x = WANT('bad', 'm8.py')\n"})
    looks: list[str] = []

    def note(count: int, what: str) -> Callable[[], object]:
        looks.append(what)
        return lambda: None

    report = repair([here], replace(OPTIONS, progress=note), unsafe_too=True)
    made = contents(here)
    assert [made[f"m{n}.py"] for n in range(40)] == [f"{name} = {name!r}\n" for name in names]
    assert made["b.py"] == "x = WANT('bad', 'm7.py')\n"
    said = "its fix was taken back: a new finding would appear in"
    assert sorted(reasons(report)) == [f"{said} m7.py: TSL306", f"{said} m8.py: TSL306"]
    assert looks.count("looking again") <= 3
    assert {"fixing several files at once", "looking for what did harm"} <= {*looks}


def test_of_sets_that_do_harm_only_together_one_is_refused(here: Path) -> None:
    write(here, {"a.py": "x = WANT('left', 'm.py')\n", "b.py": "x = WANT('right', 'm.py')\n"})
    write(here, {"c.py": "x = WANT('third', 'n.py')\n", "m.py": "", "n.py": ""})
    report = repair([here], OPTIONS, unsafe_too=True)
    made = contents(here)
    assert (made["m.py"], made["n.py"]) == ("left = 'left'\n", "third = 'third'\n")
    assert report.fixed == 2
    said = "its fix was taken back: a new finding would appear in m.py: TSL306"
    assert reasons(report) == [said]


def test_a_set_with_a_new_finding_goes_back_and_the_others_stay(here: Path) -> None:
    names = ["n1", "n2", "bad", "n3", "n4"]
    write(here, {f"{name}.py": f'WANT("{name}", "b.py")\n' for name in names} | {"b.py": "# b\n"})
    report = mended(here)
    assert contents(here) == {
        "b.py": "# b\nn1 = 'n1'\nn2 = 'n2'\nn3 = 'n3'\nn4 = 'n4'\n",
        "bad.py": 'WANT("bad", "b.py")\n',
        **{f"{name}.py": f"{name}\n" for name in names if name != "bad"},
    }
    assert report.fixed == 4
    assert reasons(report) == ["its fix was taken back: a new finding would appear in b.py: TSL306"]


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (("a.py",), "its fix changes b.py too, which this run does not look at"),
        (("c.py", "b.py"), "its fix creates new.py, outside of what this run looks at"),
        (("d.py", "b.py"), "its fix creates b.py, which is there already"),
    ],
)
def test_a_run_changes_no_file_that_it_was_not_asked_to(
    here: Path, paths: tuple[str, ...], reason: str
) -> None:
    before = {
        "a.py": 'WANT("one", "b.py")\n',
        "b.py": "",
        "c.py": 'WANT("one", "new.py+")\n',
        "d.py": 'WANT("one", "b.py+")\n',
    }
    write(here, dict(before))
    report = mended(here, *paths)
    assert contents(here) == before
    assert reasons(report) == [reason]


def test_a_file_that_cannot_be_written_keeps_all_others_from_it(here: Path) -> None:
    before = {"a.py": 'WANT("one", "b.py", "c.py+")\n', "b.py": "x = 1\n"}
    write(here, dict(before))
    (here / "b.py").chmod(0o444)
    report = mended(here)
    assert contents(here) == before
    assert report.unwritable == (
        Unreadable("b.py", "is read-only"),
        Unreadable("a.py", "is not written, for b.py is read-only"),
        Unreadable("c.py", "is not written, for b.py is read-only"),
    )
    assert [finding.path for finding in report.findings] == ["a.py"]
    assert report.exit_status(exit_zero=True) == 2
    assert not list(here.glob(".*.new"))


def test_safe_fixes_alone_leave_it(here: Path) -> None:
    write(here, {"a.py": 'WANT("one", "b.py")\n', "b.py": ""})
    report = repair([here], OPTIONS)
    assert (report.fixed, len(report.findings)) == (0, 1)


def test_one_file_alone_is_not_enough() -> None:
    source = SourceFile.from_text("a.py", 'WANT("one", "b.py")\n')
    made = fix(source, Project(()), Settings(), [RULE], wants(True))
    assert made.text == source.text
    said = "its fix changes several files, which turnstay-lint --fix does"
    assert [finding.unfixable for finding in made.left.findings] == [said]


def test_the_difference_is_one_patch_that_git_applies(here: Path) -> None:
    write(here, {"a.py": 'WANT("one", "b.py", "new/c d.py+")\nWANT("no", "e.py+")\n'})
    write(here, {"b.py": "x = 1\n"})
    report = repair([here], OPTIONS, unsafe_too=True, dry=True)
    assert contents(here)["b.py"] == "x = 1\n"
    git(here, "init", "-q", stdin=b"")
    more = [
        Change(str(here / name), name, None, content, ())
        for name, content in (("empty.py", b""), ("bare.py", b"x"))
    ]
    changes = [*report.changes[:1], *more, *report.changes[1:]]
    naming = Naming.of([change.file for change in changes], here)
    difference = b"".join(naming.patches(changes))
    git(here, "apply", stdin=difference)
    assert contents(here) == {
        "a.py": "one\nno\n",
        "b.py": "x = 1\none = 'one'\n",
        "bare.py": "x",
        "e.py": "no = 'no'\n",
        "empty.py": "",
        "new/c d.py": "one = 'one'\n",
    }


def git(folder: Path, *arguments: str, stdin: bytes) -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=stdin, check=True)


def test_the_edits_are_shown_file_by_file(here: Path) -> None:
    write(here, {"a.py": 'WANT("one", "b.py", "c.py+")\n', "b.py": "x = 1\n"})
    report = check([here], OPTIONS)
    made = previews(report.findings, OPTIONS.services, {})
    assert made.edits[report.findings[0]] == (
        Edit(Span(1, 0, 1, 28), "one"),
        Edit(Span(2, 0, 2, 0), "one = 'one'\n", "b.py"),
        Edit(Span(1, 0, 1, 0), "one = 'one'\n", "c.py"),
    )


def test_given_contents_are_never_written_beside(here: Path) -> None:
    write(here, {"a.py": "x = 1\n", "b.py": ""})
    given = replace(OPTIONS, contents={str(here / "a.py"): b'WANT("one", "b.py")\n'})
    report = repair([here / "a.py"], given, unsafe_too=True)
    assert contents(here) == {"a.py": "x = 1\n", "b.py": ""}
    assert reasons(report) == ["its fix changes b.py too, which this run does not look at"]


@pytest.fixture
def careless(a_rule_of_several_files: None, monkeypatch: pytest.MonkeyPatch) -> Options:
    """A second rule, whose fix in a file takes the comments of its first line away."""

    def lose(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, "even")
        first = edits.tree.lines.line(1)
        edits.replace_text(first.find("#") if "#" in first else 0, len(first) * ("#" in first), "")

    two = {"TSL306": RULE, "TSL101": words("TSL101", {"odd": "even"})}
    rules = tuple(two.get(rule.code, rule) for rule in registry.all_rules())
    for module in RULES_ARE_ASKED_IN:
        monkeypatch.setattr(
            f"turnstay_lint.engine.configuring.{module}.all_rules", lambda: rules, raising=False
        )
    codemods = {"TSL306": Codemod("TSL306", move, define), "TSL101": Codemod("TSL101", lose)}
    monkeypatch.setattr("turnstay_lint.engine.mending.making.codemod_of", codemods.get)
    return Options(Services(select=("TSL306", "TSL101")), jobs=1)


def test_only_what_failed_in_one_of_the_files_that_are_changed_together_is_left_out(
    here: Path, careless: Options
) -> None:
    write(here, {"a.py": 'x = WANT("one", "b.py", "new.py+")\n', "b.py": "odd  # kept\n"})
    write(here, {"c.py": "odd\n", "d.py": 'odd\nWANT("two", "b.py")\n'})
    report = repair([here], careless, unsafe_too=True)
    assert contents(here) == {
        "a.py": "x = one\n",
        "b.py": "odd  # kept\none = 'one'\ntwo = 'two'\n",
        "c.py": "even\n",
        "d.py": "even\ntwo\n",
        "new.py": "one = 'one'\n",
    }
    said = "a comment would be lost: # kept; other rules' fixes go on without it"
    assert reasons(report) == [f"its fix was taken back: {said}"]
    assert report.fixed == 4


def test_what_a_change_set_is_to_mend_is_not_held_against_the_fixes_before_it(
    here: Path, careless: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lead_on(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, 'WANT("two", "b.py")')

    codemods = {"TSL306": Codemod("TSL306", move, define), "TSL101": Codemod("TSL101", lead_on)}
    monkeypatch.setattr("turnstay_lint.engine.mending.making.codemod_of", codemods.get)
    write(here, {"a.py": 'odd\nWANT("one", "b.py")\n', "b.py": ""})
    report = repair([here], careless, unsafe_too=True)
    assert contents(here) == {"a.py": "two\none\n", "b.py": "one = 'one'\ntwo = 'two'\n"}
    assert (report.fixed, report.findings) == (3, ())


def test_a_file_that_moves_is_there_again_when_all_begins_anew(
    here: Path, careless: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = Rule("TSL306", "lazy-relationship", Severity.ERROR, find_moves)
    rules = tuple(moving if r.code == "TSL306" else r for r in registry.all_rules())
    for module in RULES_ARE_ASKED_IN:
        monkeypatch.setattr(
            f"turnstay_lint.engine.configuring.{module}.all_rules", lambda: rules, raising=False
        )
    write(here, {"a.py": 'MOVE("b.py", "core/c.py", "d.py")\n', "b.py": "odd  # kept\n"})
    write(here, {"d.py": "odd\n"})
    report = repair([here], careless, unsafe_too=True)
    assert contents(here) == {
        "a.py": "pass\n",
        "core/c.py": "odd  # kept\n",
        "d.py": "even\nmoved = 'core/c.py'\n",
    }
    assert "a comment would be lost: # kept" in reasons(report)[0]


NAMES = ["one", "two", "three", "bad", "refused"]
SETS = st.lists(
    st.tuples(
        st.sampled_from(["a.py", "b.py", "c.py"]),
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(["x.py", "y.py", "new/z.py+"]), min_size=1, unique=True),
    ),
    max_size=6,
    unique_by=lambda one: one[:2],
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)
@given(SETS)
def test_each_of_many_is_made_in_all_its_files_or_in_none(
    sets: list[tuple[str, str, list[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {"pyproject.toml": QUOTES, "x.py": "\n", "y.py": "\n"})
        for own in ("a.py", "b.py", "c.py"):
            todo = [
                ast.unparse(
                    ast.Call(ast.Name("WANT"), [ast.Constant(w) for w in (one, *paths)], [])
                )
                for file, one, paths in sets
                if file == own
            ]
            (folder / own).write_text("".join(f"{line}\n" for line in todo))
        repair([folder], OPTIONS, unsafe_too=True)
        now = contents(folder)
    done = [(one, paths) for own, one, paths in sets if f'WANT("{one}"' not in double(now[own])]
    assert {one for one, _ in done} == {one for _, one, _ in sets} - {"bad", "refused"}
    for path in ("x.py", "y.py", "new/z.py"):
        said = [line for line in now.get(path, "").splitlines() if line]
        wanted = {
            f"{one} = {one!r}" for one, paths in done if path in [p.strip("+") for p in paths]
        }
        assert sorted(said) == sorted(wanted)


def double(text: str) -> str:
    return text.replace("'", '"')


def find_moves(look: Look) -> Iterator[Finding]:
    """Find ``MOVE("old", "new", "importer", ...)``: move a file, and its name in importers."""
    for node in ast.walk(look.source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "MOVE":
            old, new, *importers = [ast.literal_eval(argument) for argument in node.args]
            old = old or look.source.path
            parts = tuple(Elsewhere(path, Define(old, f"moved = {new!r}")) for path in importers)
            fix = unsafe("Move it", Named("pass"), "", parts, (Move(old, new),))
            yield look.finding(node, f"MOVE {old}", fix=fix)
        if isinstance(node, ast.Name) and node.id == "BAD":
            yield look.finding(node, "BAD", unfixable="it is bad")
        if isinstance(node, ast.Module) and {"left", "right"} <= _assigned(node):
            yield look.finding(node.body[0], "left and right", unfixable="one is too many")


@pytest.fixture
def moving(a_rule_of_several_files: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule("TSL306", "lazy-relationship", Severity.ERROR, find_moves)
    rules = tuple(rule if each.code == RULE.code else each for each in registry.all_rules())
    for module in RULES_ARE_ASKED_IN:
        monkeypatch.setattr(
            f"turnstay_lint.engine.configuring.{module}.all_rules", lambda: rules, raising=False
        )


@pytest.mark.usefixtures("moving")
class TestFilesThatMove:
    """A fix that gives a file another path, and says so where it is imported."""

    BEFORE: ClassVar = {
        "a.py": 'MOVE("b.py", "core/c.py", "d.py")\n',
        "b.py": "x = 1\n",
        "d.py": "",
    }
    AFTER: ClassVar = {"a.py": "pass\n", "core/c.py": "x = 1\n", "d.py": "moved = 'core/c.py'\n"}

    def test_it_moves_with_all_that_speaks_of_it(self, here: Path) -> None:
        write(here, dict(self.BEFORE))
        (here / "b.py").chmod(0o751)
        report = mended(here)
        assert reasons(report) == []
        assert contents(here) == self.AFTER
        assert (here / "core" / "c.py").stat().st_mode & 0o777 == 0o751
        [moved] = [change for change in report.changes if change.moved_from]
        assert (moved.name, moved.moved_from) == ("core/c.py", str(here / "b.py"))
        assert undo([here]).moved == [("core/c.py", "b.py")]
        assert contents(here) == self.BEFORE

    def test_the_findings_own_file_moves(self, here: Path) -> None:
        write(here, {"a.py": 'x = 1\nMOVE("a.py", "b.py")\n'})
        assert mended(here).exit_status() == 0
        assert contents(here) == {"b.py": "x = 1\npass\n"}

    def test_a_file_that_moved_is_fixed_further(self, here: Path) -> None:
        text = 'MOVE("", "b.py")\nMOVE("", "c.py")\n'
        write(here, {"a.py": text})
        report = mended(here)
        assert contents(here) == {"c.py": "pass\npass\n"}
        assert [change.moved_from for change in report.changes] == [str(here / "a.py")]

    def test_the_difference_is_a_rename_that_git_applies(self, here: Path) -> None:
        write(here, dict(self.BEFORE))
        report = repair([here], OPTIONS, unsafe_too=True, dry=True)
        assert contents(here) == self.BEFORE
        files = [change.file for change in report.changes]
        difference = b"".join(Naming.of(files, here).patches(report.changes))
        assert b"rename from b.py\nrename to core/c.py\n" in difference
        git(here, "init", "-q", stdin=b"")
        git(here, "apply", stdin=difference)
        assert contents(here) == self.AFTER

    def test_a_preview_says_what_moves(self, here: Path) -> None:
        write(here, dict(self.BEFORE))
        report = check([here], OPTIONS)
        made = previews(report.findings, OPTIONS.services, {})
        [finding] = made.findings
        assert made.moves == {finding: (Move("b.py", "core/c.py"),)}
        assert made.edits[finding] == (
            Edit(Span(1, 0, 1, 33), "pass"),
            Edit(Span(1, 0, 1, 0), "moved = 'core/c.py'\n", "d.py"),
        )

    def test_a_preview_of_a_move_to_where_something_is_says_so(self, here: Path) -> None:
        write(here, {**self.BEFORE, "core/c.py": "mine = 1\n"})
        made = previews(check([here], OPTIONS).findings, OPTIONS.services, {})
        assert made.moves == made.edits == {}
        assert [f.unfixable for f in made.findings] == ["core/c.py is there already"]

    def test_what_is_there_already_is_not_replaced(self, here: Path) -> None:
        before = {**self.BEFORE, "core/c.py": "mine = 1\n"}
        write(here, before)
        report = mended(here)
        assert contents(here) == before
        assert reasons(report) == ["its fix creates core/c.py, which is there already"]

    def test_what_brings_a_new_finding_goes_back_whole(self, here: Path) -> None:
        before = {"a.py": 'MOVE("b.py", "bad", "d.py")\n', "b.py": "x = 1\n", "d.py": "\n"}
        write(here, dict(before))
        report = mended(here)
        assert contents(here) == before
        assert not (here / "bad").exists()
        [reason] = reasons(report)
        assert reason == "its fix was taken back: a new finding would appear in d.py: TSL306"

    def test_a_file_that_cannot_go_keeps_all_where_they_are(self, here: Path) -> None:
        write(here, dict(self.BEFORE))
        (here / "b.py").chmod(0o444)
        report = mended(here)
        assert contents(here) == self.BEFORE
        assert Unreadable("core/c.py", "is read-only") in report.unwritable
