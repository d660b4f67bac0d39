import re

from tests.engine.services import FIXED, LAZY, write
from tests.frontends.command_line import CommandLine

ONLY = ("--select", "TSL306", "--fix", "-q")


def test_what_a_run_fixed_is_taken_back(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "a.py": LAZY, "b.py": LAZY})
    assert command(*ONLY).status == 0
    ended = command("undo")
    assert (ended.status, ended.errors) == (0, "")
    assert re.sub(r"of \d.*\d in", "of … in", ended.output) == (
        "a.py restored\nb.py restored\ntook back the fixes of … in 2 files\n"
    )
    assert (command.folder / "a.py").read_text() == LAZY
    again = command("undo")
    assert (again.status, again.output, again.errors) == (0, "nothing to undo\n", "")


def test_what_has_changed_since_is_said_and_stays(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "a.py": LAZY, "b.py": LAZY})
    command(*ONLY)
    write(command.folder, {"b.py": FIXED + "# mine\n"})
    ended = command("undo", "--quiet")
    assert (ended.status, ended.errors) == (1, "")
    assert ended.output == "b.py has changed since, and stays as it is\n"
    assert (command.folder / "b.py").read_text() == FIXED + "# mine\n"


def test_what_cannot_be_written_is_an_error(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "a.py": LAZY})
    command(*ONLY)
    (command.folder / "a.py").chmod(0o444)
    ended = command("undo")
    assert (ended.status, ended.output, ended.errors) == (2, "", "a.py: is read-only\n")


def test_paths_are_those_of_what_is_taken_back(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "app/a.py": LAZY, "b.py": LAZY})
    command(*ONLY)
    assert command("undo", "app").output.startswith("app/a.py restored\n")
    assert (command.folder / "b.py").read_text() == FIXED


def test_a_path_that_is_not_there_is_a_slip(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "a.py": LAZY})
    command(*ONLY)
    ended = command("undo", "b.py")
    assert ended.status == 2
    assert "no such file or folder, and no run changed one" in ended.errors
    assert (command.folder / "a.py").read_text() == FIXED


def test_other_services_that_an_earlier_run_fixed_are_named(command: CommandLine) -> None:
    write(command.folder, {"one/pyproject.toml": "", "two/pyproject.toml": ""})
    write(command.folder, {"one/a.py": LAZY, "two/b.py": LAZY})
    command("one", *ONLY)
    command("two", *ONLY)
    assert command("undo").status == 0
    assert command("undo").output == (
        "nothing to undo\nan earlier run was the last in one: name the folder to undo that\n"
    )


def test_help_names_it(command: CommandLine) -> None:
    assert "undo [PATHS]" in command("--help").output
    assert "has changed since stays as it is" in command("undo", "--help").output
