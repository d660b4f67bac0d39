"""Files that black was content with, after fixes whose layout no codemod knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import black
import pytest

from tests.engine.services import FIXED, LAZY, write
from tests.engine.words import use, words
from turnstay_lint.engine.mending.black_style import as_black_had_it
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair

CALL = "call(one_argument, another_argument, a_third_argument, 'a_fourth_argument')"
NARROW = """\
call(
    one_argument,
    another_argument,
    a_third_argument,
    "a_fourth_argument",
)
"""
WIDE = CALL.replace("'", '"') + "\n"
SINGLE = CALL + "\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    use(monkeypatch, words("TSL101", {"short": CALL}))
    return tmp_path


def fixed(folder: Path, before: str | bytes, project: str = "") -> str:
    write(folder, {"pyproject.toml": project, "a.py": before})
    repair([folder], Options(jobs=1))
    return (folder / "a.py").read_bytes().decode()


@pytest.mark.parametrize(
    ("project", "after"),
    [
        ("", WIDE),
        ("[tool.black]\nline-length = 40\n", NARROW),
        ("[tool.black]\nskip-string-normalization = true\n", SINGLE),
        ("[tool.turnstay-lint]\nline-length = 40\n", NARROW),
        ("[tool.black]\nline-length = 100\n[tool.turnstay-lint]\nline-length = 40\n", WIDE),
    ],
)
def test_by_the_settings_of_the_project(here: Path, project: str, after: str) -> None:
    assert fixed(here, "short\nx = 1\n", project) == f"{after}x = 1\n"


@pytest.mark.parametrize(
    ("project", "after"),
    [
        ("[tool.black]\nskip-magic-trailing-comma = true\n", "call(a, b)\n"),
        ("", "call(\n    a,\n    b,\n)\n"),
    ],
)
def test_the_comma_that_black_heeds_unless_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, project: str, after: str
) -> None:
    use(monkeypatch, words("TSL101", {"short": "call(a, b,)"}))
    assert fixed(here, "short\n", project) == after


@pytest.mark.parametrize(
    "table", ["target-version = ['py39']", "preview = true", "unstable = true"]
)
def test_as_black_itself_has_it_with_the_same_settings(here: Path, table: str) -> None:
    project = f"[tool.black]\n{table}\n"
    result = fixed(here, "with short as a, short as b:\n    pass\n", project)
    command = [sys.executable, "-m", "black", "-q", "-"]
    said = subprocess.run(command, input=result.encode(), cwd=here, capture_output=True, check=True)
    assert said.stdout.decode() == result


@pytest.mark.parametrize(
    "before", ["x = 'a'\nshort\n", "x=1\nshort\n", "short", "x = (1,\n  2)\nshort\n"]
)
def test_a_file_of_its_own_style_is_left_to_it(here: Path, before: str) -> None:
    assert fixed(here, before) == before.replace("short", CALL)


@pytest.mark.parametrize("elsewhere", ["x = 'a'\n", "def f( a ):\n    return a\n\n\n"])
@pytest.mark.parametrize(
    "around", ["{0}y = 1\nshort\n", "short\ny = 1\n{0}", "{0}y = 1\nshort\n{0}"]
)
def test_where_the_project_speaks_of_black_places_are_looked_at(
    here: Path, elsewhere: str, around: str
) -> None:
    before = around.format(elsewhere)
    after = before.replace("short\n", WIDE)
    assert fixed(here, before, "[tool.black]\nline-length = 88\n") == after


def test_a_place_of_its_own_style_is_left_to_it_where_the_project_speaks_of_black(
    here: Path,
) -> None:
    before = "f( short )\nx = 1\n\n\ndef g():\n    short\n"
    after = f"f( {CALL} )\nx = 1\n\n\ndef g():\n    {WIDE}"
    assert fixed(here, before, "[tool.black]\nline-length = 100\n") == after


def test_where_black_is_turned_off_nothing_is_laid_out(here: Path) -> None:
    before = "x = 1\n# fmt: off\ny  =  1\nz = 1\nshort\n# fmt: on\n"
    assert fixed(here, before, "[tool.black]\n") == before.replace("short", CALL)


@pytest.mark.parametrize("first", ["x = 1\n", 'x = f"{1}"\n'])
def test_what_the_file_is_written_for_shows_in_all_of_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    use(monkeypatch, words("TSL101", {"short": "call(a_first_argument, **some_arguments)"}))
    before = first + "y = 1\n" * 5 + "short\n"
    width = black.Mode(line_length=30)
    after = black.format_str(
        before.replace("short", "call(a_first_argument, **some_arguments)"), mode=width
    )
    assert fixed(here, before, "[tool.black]\nline-length = 30\n") == after
    assert ("**some_arguments,\n" in after) == ("f" in first)


def test_line_ends_and_mark_stay(here: Path) -> None:
    after = fixed(here, b"\xef\xbb\xbfx = 1\r\nshort\r\n", "[tool.black]\nline-length = 40\n")
    assert after == "\ufeffx = 1\r\n" + NARROW.replace("\n", "\r\n")


def test_mixed_line_ends_are_no_style_of_black(here: Path) -> None:
    assert fixed(here, b"x = 1\r\nshort\n") == f"x = 1\r\n{CALL}\n"
    assert fixed(here, b"x = 1\nshort\r\n") == f"x = 1\n{CALL}\r\n"


def test_beside_a_line_over_which_black_would_think_for_long_nothing_is_laid_out(
    here: Path,
) -> None:
    endless = "x = " + "1 if y else " * 2_000 + "0\n"
    assert fixed(here, f"short\n{endless}", "[tool.black]\n") == f"{SINGLE}{endless}"


def test_what_black_cannot_read_is_left() -> None:
    assert as_black_had_it("/a.py", "print 1\n", "print 2\n", 88) == "print 2\n"


def test_a_new_file_where_the_project_speaks_of_black(tmp_path: Path) -> None:
    file = str(write(tmp_path / "said", {"pyproject.toml": "[tool.black]\n"}) / "a.py")
    assert as_black_had_it(file, "", "x = 'a'\n", 88) == "x = 'a'\n"
    file = str(write(tmp_path / "set", {"pyproject.toml": "[tool.black]\nline-length=9\n"}) / "a")
    assert as_black_had_it(file, "", "x = 'a'\n", 88) == 'x = "a"\n'


def test_untouched_lines_stay(here: Path) -> None:
    before = black.format_str(Path(__file__).read_text(), mode=black.Mode()) + "\n\nshort\n"
    after = fixed(here, before)
    assert after == before.removesuffix("short\n") + WIDE


LOADED = """
import sys
from turnstay_lint.frontends.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("black" in sys.modules, file=sys.stderr)
"""


def loads_black(folder: Path, *arguments: str) -> bool:
    command = [sys.executable, "-c", LOADED, "--select", "TSL306", *arguments]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return said.stderr.splitlines()[-1] == "True"


def test_black_is_asked_only_when_something_was_fixed(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "a.py": LAZY})
    assert not loads_black(tmp_path)
    assert loads_black(tmp_path, "--fix")
    assert (tmp_path / "a.py").read_text() == FIXED
    assert not loads_black(tmp_path, "--fix")


def test_where_black_is_not_installed_codemods_have_the_last_word(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstay_lint.engine.repairing.work.is_installed", lambda: False)
    assert fixed(here, "short\n") == SINGLE
