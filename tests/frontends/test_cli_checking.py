import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.services import LAZY, write
from tests.frontends.command_line import CommandLine
from turnstay_lint import __version__
from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

ONLY = ("--select", "TSL306")


def said_of(source: str) -> tuple[str, str, str]:
    """Return what TSL306 says of a source: message, help and title of its fix."""
    rule = rule_named("TSL306")
    assert rule is not None
    [found] = lint(SourceFile.from_text("a.py", source), Project(()), Settings(), [rule]).findings
    assert found.fix is not None
    return found.message, found.help, found.fix.title


MESSAGE, HELP, TITLE = said_of(LAZY)


def test_a_clean_folder(command: CommandLine) -> None:
    write(command.folder, {"a.py": "x = 1\n", "b.py": ""})
    ended = command()
    assert (ended.status, ended.output, ended.errors) == (0, "0 findings in 2 files, 0.00 s\n", "")


def test_full_is_for_people(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY)
    assert ended.status == 1
    assert ended.errors == ""
    assert ended.output == (
        f"a.py:6:15: TSL306 [*] {MESSAGE}\n"
        "  |\n"
        "5 | class Account:\n"
        '6 |     company = relationship("Company")\n'
        "  |               ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        f"  = help: {HELP}\n"
        f"  = fix: {TITLE} (--fix)\n"
        "\n"
        "1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
    )


def test_concise(command: CommandLine) -> None:
    write(command.folder, {"app/a.py": LAZY, "b.py": LAZY})
    ended = command("app", *ONLY, "--output-format", "concise")
    assert ended.output == (
        f"app/a.py:6:15: TSL306 [*] {MESSAGE}\n1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
    )


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_what_programs_read_has_nothing_else_in_it(command: CommandLine, form: str) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, "--output-format", form)
    assert ended.status == 1
    assert ended.errors == "1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
    if form == "github":
        assert ended.output.startswith("::error title=turnstay-lint TSL306 ")
        assert ended.output.count("\n") == 1
    else:
        json.loads(ended.output)


@pytest.mark.parametrize(
    ("options", "edits"), [((), False), (("--show-fixes",), True), (("--diff",), True)]
)
def test_json_has_edits_where_they_were_asked_for(
    command: CommandLine, options: tuple[str, ...], edits: bool
) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, "--output-format", "json", *options)
    [found] = json.loads(ended.output)
    wanted = {
        "content": ', lazy="selectin"',
        "location": {"row": 6, "column": 37},
        "end_location": {"row": 6, "column": 37},
    }
    assert found["fix"]["edits"] == ([wanted] if edits else None)


def test_statistics(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": LAZY})
    ended = command(*ONLY, "--statistics")
    assert ended.status == 1
    assert ended.output == (
        "2  TSL306 [*] lazy-relationship\n2 findings in 2 files (2 fixable with --fix), 0.00 s\n"
    )
    rows = json.loads(command(*ONLY, "--statistics", "--output-format", "json").output)
    assert rows == [{"code": "TSL306", "name": "lazy-relationship", "count": 2, "fixable": 2}]


def test_quiet_has_findings_and_nothing_else(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, "-q", "--output-format", "concise")
    assert (ended.output, ended.errors) == (f"a.py:6:15: TSL306 [*] {MESSAGE}\n", "")


def test_verbose_names_services_and_configurations(command: CommandLine) -> None:
    write(command.folder, {"a/pyproject.toml": "[tool.turnstay-lint]\n", "a/x.py": "", "b.py": ""})
    errors = command(*ONLY, "-v").errors
    assert f"service {command.folder}: 1 rules" in errors
    assert "service a: 1 rules, configuration of a\n" in errors


def test_exit_zero_is_for_findings_not_for_what_could_not_be_read(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    assert command(*ONLY, "--exit-zero").status == 0
    write(command.folder, {"b.py": "def f(:\n"})
    ended = command(*ONLY, "--exit-zero", "--output-format", "concise")
    assert ended.status == 2
    assert ended.output.splitlines()[1:] == [
        "b.py:1:7: TSL000 syntax error: invalid syntax",
        "2 findings in 2 files (1 fixable with --fix), 1 could not be read, 0.00 s",
    ]


def test_a_folder_that_cannot_be_listed_is_said(command: CommandLine) -> None:
    listing = os.scandir

    def scandir(folder: str) -> Iterator[os.DirEntry[str]]:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    command.monkeypatch.setattr(os, "scandir", scandir)
    write(command.folder, {"closed/x.py": "", "a.py": ""})
    ended = command("--exit-zero")
    assert (ended.status, ended.errors) == (2, "closed: Permission denied\n")
    assert ended.output == "0 findings in 1 file, 1 could not be read, 0.00 s\n"


def test_no_files_is_said(command: CommandLine) -> None:
    ended = command()
    assert (ended.status, ended.errors) == (0, "no Python files here\n")
    assert ended.output == "0 findings in 0 files, 0.00 s\n"


def test_each_service_takes_its_own_configuration(command: CommandLine) -> None:
    table = "[tool.turnstay-lint]\n"
    write(
        command.folder,
        {
            "pyproject.toml": f"{table}select = ['TSL306']\noutput-format = 'concise'\n",
            "x.py": LAZY,
            "a/pyproject.toml": f"{table}ignore = ['ALL']\n",
            "a/x.py": LAZY,
            "other.toml": "ignore = ['ALL']\n",
        },
    )
    assert command("-q").output == f"x.py:6:15: TSL306 [*] {MESSAGE}\n"
    assert command("-q", "--config", "other.toml").output == ""
    isolated = command("-q", "--isolated", "--output-format", "concise").output
    assert [line.split(":")[0] for line in isolated.splitlines() if "TSL306" in line] == [
        "a/x.py",
        "x.py",
    ]


def test_standard_input_stands_for_a_file(command: CommandLine) -> None:
    write(command.folder, {"app/a.py": "x = 1\n", "app/b.py": LAZY})
    arguments = (*ONLY, "-q", "--output-format", "concise")
    for named in (("--stdin-filename", "app/a.py", "-"), ("--stdin-filename", "app/a.py")):
        ended = command(*arguments, *named, stdin=LAZY.encode())
        assert ended.status == 1
        assert ended.output == f"app/a.py:6:15: TSL306 [*] {MESSAGE}\n"
    assert command(*arguments, "-", stdin=LAZY.encode()).output.startswith("stdin.py:6:15: ")


def test_names_that_are_no_utf8_are_shown_as_far_as_they_can_be(command: CommandLine) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    write(command.folder, {name: LAZY})
    assert command(*ONLY, "-q", "--output-format", "concise").output == (
        f"caf\ufffd.py:6:15: TSL306 [*] {MESSAGE}\n"
    )
    [found] = json.loads(command(*ONLY, "--output-format", "json").output)
    assert found["filename"] == name


def test_colors_on_request(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    assert "\x1b[" not in command(*ONLY).output
    command.monkeypatch.setenv("FORCE_COLOR", "1")
    assert command(*ONLY).output.startswith("\x1b[1ma.py:6:15\x1b[0m: ")
    command.monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in command(*ONLY).output


def test_version_and_help(command: CommandLine) -> None:
    assert command("--version").output == f"turnstay-lint {__version__}\n"
    text = command("-h").output
    assert text.startswith("Usage: turnstay-lint [OPTIONS] [PATHS]\n")
    for option in ("--fix", "--unsafe-fixes", "--diff", "--stdin-filename", "--exit-zero"):
        assert option in text


def test_the_check_path_imports_nothing_heavy(tmp_path: Path) -> None:
    import subprocess
    import sys

    write(tmp_path, {"a.py": LAZY, "pyproject.toml": "[project]\nname = 'x'\n"})
    heavy = {"libcst", "astroid", "pygls", "asyncio", "rich", "multiprocessing", "pathspec"}
    heavy |= {"tomllib", "concurrent.futures", "difflib"}
    script = (
        "import sys\n"
        "from turnstay_lint.frontends.cli import main\n"
        "try:\n    main(['--output-format', 'concise'])\n"
        f"finally:\n    print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.stderr == "[]\n"
