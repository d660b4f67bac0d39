import json

import msgspec
import pytest

from tests.engine.services import FIXED, LAZY, write
from tests.frontends.command_line import CommandLine
from turnstay_lint.engine.files.entries import Entry, Journal, temporary_name
from turnstay_lint.engine.files.writing import digest, journal_of

ONLY = ("--select", "TSL306")
UNSAFE = LAZY.replace('("Company")', '("Account", remote_side="Account.id")')
PATCH = (
    "--- a/a.py\n"
    "+++ b/a.py\n"
    "@@ -3,4 +3,4 @@\n"
    " \n"
    " \n"
    " class Account:\n"
    '-    company = relationship("Company")\n'
    '+    company = relationship("Company", lazy="selectin")\n'
)


def read(command: CommandLine, name: str = "a.py") -> str:
    return (command.folder / name).read_text()


def test_all_fixed_is_clean(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": LAZY})
    ended = command(*ONLY, "--fix", "--show-fixes")
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output == (
        "a.py:\n    1 × TSL306 (lazy-relationship)\n"
        "b.py:\n    1 × TSL306 (lazy-relationship)\n"
        "by rule:\n    TSL306 (lazy-relationship): 2 applied\n"
        "fixed 2 in 2 files, 0 findings left in 2 files, 0.00 s\n"
    )
    assert read(command) == FIXED


def test_what_is_left_is_reported(command: CommandLine) -> None:
    write(command.folder, {"a.py": UNSAFE, "b.py": LAZY})
    ended = command(*ONLY, "--fix", "--output-format", "concise")
    assert ended.status == 1
    [finding, last] = ended.output.splitlines()
    assert finding.startswith("a.py:6:15: TSL306 ")
    assert last == (
        "fixed 1 in 1 file, 1 finding left in 2 files "
        "(0 fixable with --fix, 1 more with --unsafe-fixes), 0.00 s"
    )
    assert command(*ONLY, "--fix", "--unsafe-fixes").status == 0
    assert read(command) != UNSAFE


def test_unsafe_fixes_alone_changes_nothing(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    assert command(*ONLY, "--unsafe-fixes").status == 1
    assert read(command) == LAZY


def test_diff_is_a_patch_and_nothing_else(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, "--diff")
    assert (ended.status, ended.output) == (1, PATCH)
    assert ended.errors == (
        "would fix 1 in 1 file, 1 finding in 1 file (1 fixable with --fix), 0.00 s\n"
    )
    assert read(command) == LAZY
    assert command(*ONLY, "--diff", "--exit-zero").status == 0


def test_a_diff_that_would_change_nothing_is_clean_whatever_is_found(command: CommandLine) -> None:
    write(command.folder, {"a.py": UNSAFE})
    assert (command(*ONLY, "--diff").status, command(*ONLY, "--diff").output) == (0, "")
    assert command(*ONLY, "--diff", "--unsafe-fixes").status == 1


def test_a_diff_says_what_could_not_be_read(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": "def f(:\n"})
    ended = command(*ONLY, "--diff", "-q", "--output-format", "concise")
    assert (ended.status, ended.output) == (2, PATCH)
    assert ended.errors == "b.py:1:7: TSL000 syntax error: invalid syntax\n"


def test_diff_for_programs_reports_and_writes_nothing(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, "--diff", "--output-format", "json")
    assert [found["code"] for found in json.loads(ended.output)] == ["TSL306"]
    assert (ended.status, read(command)) == (1, LAZY)


def test_what_cannot_be_written_is_an_error(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    (command.folder / "a.py").chmod(0o444)
    ended = command(*ONLY, "--fix", "--exit-zero", "--output-format", "concise")
    assert (ended.status, ended.errors) == (2, "a.py: is read-only\n")
    assert ended.output.splitlines()[-1] == (
        "fixed 0 in 0 files, 1 finding left in 1 file (1 fixable with --fix), "
        "1 could not be written, 0.00 s"
    )
    assert read(command) == LAZY


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_standard_input_comes_back_fixed(command: CommandLine, ending: str) -> None:
    source = ("\ufeff# é" + LAZY).replace("\n", ending).encode()
    ended = command(*ONLY, "--fix", "--stdin-filename", "a.py", "-", stdin=source)
    assert ended.status == 0
    assert ended.output == ("\ufeff# é" + FIXED).replace("\n", ending)
    assert ended.errors == "fixed 1 in 1 file, 0 findings left in 1 file, 0.00 s\n"
    assert not (command.folder / "a.py").exists()


@pytest.mark.parametrize(("source", "status"), [("x = 1\n", 0), (UNSAFE, 1), ("def f(:\n", 2)])
def test_standard_input_comes_back_as_it_was_where_nothing_is_fixed(
    command: CommandLine, source: str, status: int
) -> None:
    ended = command(*ONLY, "--fix", "-q", "--stdin-filename", "a.py", "-", stdin=source.encode())
    assert (ended.status, ended.output) == (status, source)
    assert bool(ended.errors) == bool(status)


def test_standard_input_as_a_patch(command: CommandLine) -> None:
    ended = command(*ONLY, "--diff", "--stdin-filename", "a.py", "-", stdin=LAZY.encode())
    assert (ended.status, ended.output) == (1, PATCH)


def test_what_a_fix_changes_is_shown_on_request(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    assert command(*ONLY, "--show-fixes", "-q").output.endswith(
        "      class Account:\n"
        '    -     company = relationship("Company")\n'
        '    +     company = relationship("Company", lazy="selectin")\n\n'
    )
    assert read(command) == LAZY


LACKING = {
    "pyproject.toml": "",
    "app/models.py": """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)


        class Note(Base):
            __tablename__ = "notes"
    """,
    "app/api/endpoints/notes.py": """
        from fastapi import APIRouter

        from app.models import Note

        router = APIRouter()


        @router.get("/note", response_model=Note)
        async def get_note(id: int):
            return Note(id=id)
    """,
}


def test_a_change_set_is_counted_once_and_shown_in_every_file(command: CommandLine) -> None:
    write(command.folder, dict(LACKING))
    ended = command("--select", "TSL102", "--fix", "--unsafe-fixes", "--show-fixes")
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output == (
        "app/api/endpoints/notes.py:\n    1 × TSL102 (response-model-not-schema)\n"
        "app/schemas/responses.py:\n    1 × TSL102 of app/api/endpoints/notes.py\n"
        "by rule:\n    TSL102 (response-model-not-schema): 1 applied\n"
        "fixed 1 in 2 files, 0 findings left in 3 files, 0.00 s\n"
    )


def test_a_change_set_is_one_patch(command: CommandLine) -> None:
    write(command.folder, dict(LACKING))
    ended = command("--select", "TSL102", "--diff", "--unsafe-fixes")
    assert ended.status == 1
    assert ("--- /dev/null\n+++ b/app/schemas/responses.py\n@@ -0,0 +1,11 @@\n") in ended.output
    assert not (command.folder / "app" / "schemas").exists()


def test_the_json_of_a_change_set_has_the_edits_of_each_file(command: CommandLine) -> None:
    write(command.folder, dict(LACKING))
    ended = command("--select", "TSL102", "--show-fixes", "--output-format", "json")
    [found] = json.loads(ended.output)
    [other] = found["fix"]["elsewhere"]
    assert other["filename"] == "app/schemas/responses.py"
    [edit] = other["edits"]
    assert edit["content"].endswith("class NoteResponse(BaseResponse):\n    id: int\n")


def test_what_an_interrupted_run_left_is_finished_and_said(command: CommandLine) -> None:
    write(command.folder, {"pyproject.toml": "", "a.py": "x = 1\n"})
    temporary = temporary_name("0" * 12, 0)
    entry = Entry("a.py", "a.py", temporary, digest(b"x = 1\n"), digest(b"x = 2\n"))
    (command.folder / temporary).write_bytes(b"x = 2\n")
    note = journal_of(command.folder)
    note.parent.mkdir()
    note.write_bytes(msgspec.json.encode(Journal("0" * 12, (entry,), decided=True)))
    ended = command(*ONLY)
    said = "finished a change set that was interrupted: a.py\n"
    assert (ended.status, ended.errors) == (0, said)
    assert read(command) == "x = 2\n"
