import pickle
import subprocess
from pathlib import Path

import libcst as cst
import pytest
from libcst.codemod import CodemodContext, SkipFile

from tests.frontends.service import LAZY, tool, written
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.mending.codemods import codemod_of
from turnstay_lint.frontends import libcst_commands
from turnstay_lint.frontends.libcst_commands import RuleCommand, command_name

FIXED = LAZY.replace('relationship("Account")', 'relationship("Account", lazy="selectin")')


def codemod(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    name = f"turnstay_lint.frontends.libcst_commands.{command}"
    options = ("--no-format", "--hide-progress")
    return tool("libcst.tool", "codemod", "-x", *options, name, *arguments, cwd=folder)


def changed(text: str | bytes, path: Path, **arguments: bool) -> tuple[bytes, list[str]]:
    """Return what the command for TSL306 makes of a file, and its warnings."""
    context = CodemodContext(filename=str(path))
    command = libcst_commands.LazyRelationship(context, **arguments)
    return command.transform_module(cst.parse_module(text)).bytes, context.warnings


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_file_that_libcst_is_given(tmp_path: Path, jobs: str) -> None:
    paths = [f"app/models/m{number}.py" for number in range(9)]
    written(tmp_path, {**dict.fromkeys(paths, LAZY), "app/clean.py": "x = 1\n"})
    result = codemod(tmp_path, "LazyRelationship", f"-j{jobs}", "app")
    assert result.returncode == 0, result.stderr
    assert "Transformed 10 files successfully" in result.stderr
    assert {(tmp_path / path).read_text() for path in paths} == {FIXED}
    assert (tmp_path / "app/clean.py").read_text() == "x = 1\n"


def test_libcst_shows_a_diff_and_help(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": LAZY})
    shown = codemod(tmp_path, "LazyRelationship", "-u1", "app")
    assert 'relationship("Account", lazy="selectin")' in shown.stdout
    assert (tmp_path / "app/models.py").read_text() == LAZY
    explained = codemod(tmp_path, "LazyRelationship", "--help").stdout
    assert "TSL306, lazy-relationship. " in explained
    assert "--unsafe-fixes" in explained


@pytest.mark.parametrize("name", ["NoSuchRule", "UnreadableFile", "lazyRelationship", "Tsl306"])
def test_what_is_no_command(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(libcst_commands, name)


def test_every_rule_with_a_codemod_has_a_command() -> None:
    names = {command_name(rule) for rule in all_rules() if codemod_of(rule.code) is not None}
    commands = {
        name: value
        for name in dir(libcst_commands)
        if isinstance(value := getattr(libcst_commands, name), type)
        and issubclass(value, RuleCommand)
        and value is not RuleCommand
    }
    assert set(commands) == names
    for name, command in commands.items():
        assert pickle.loads(pickle.dumps(command)) is command
        assert command.__name__ == command.__qualname__ == name
        assert command.DESCRIPTION.startswith(f"{command.rule.code}, {command.rule.name}. ")


def test_encoding_mark_and_line_ends_stay(tmp_path: Path) -> None:
    text = LAZY.replace("\n", "\r\n").replace("class", "# é\r\nclass")
    fixed = FIXED.replace("\n", "\r\n").replace("class", "# é\r\nclass")
    for head, encoding in (("\ufeff", "utf-8"), ("# coding: latin-1\r\n", "latin-1")):
        before, after = f"{head}{text}".encode(encoding), f"{head}{fixed}".encode(encoding)
        assert changed(before, tmp_path / "models.py") == (after, [])


def test_the_service_around_the_file_is_seen(tmp_path: Path) -> None:
    names = "import DeclarativeBase, Mapped, relationship"
    written(tmp_path, {"app/orm.py": f"from sqlalchemy.orm {names}\n"})
    text = LAZY.replace(f"sqlalchemy.orm {names}", f"app.orm {names} as rel")
    result, _ = changed(text.replace("relationship(", "rel("), tmp_path / "app/models.py")
    assert b'lazy="selectin"' in result


def test_the_configuration_is_the_service_s(tmp_path: Path) -> None:
    table = '[tool.turnstay-lint]\nignore = ["TSL306"]\n'
    kept = 'per-file-ignores = {"old*.py" = ["TSL306"]}\n'
    written(tmp_path, {"pyproject.toml": table + kept})
    assert changed(LAZY, tmp_path / "models.py")[0] == FIXED.encode()
    assert changed(LAZY, tmp_path / "old_models.py")[0] == LAZY.encode()


@pytest.mark.parametrize("comment", ["# noqa: TSL306", "# turnstay: ignore[TSL306] so it is"])
def test_suppressions(tmp_path: Path, comment: str) -> None:
    text = LAZY.rstrip("\n") + f"  {comment}\n"
    assert changed(text, tmp_path / "models.py") == (text.encode(), [])


def test_what_is_left_is_a_warning(tmp_path: Path) -> None:
    text = LAZY.replace('"Account")', '"Account", lazy="dynamic")')
    path = tmp_path / "models.py"
    result, (warning,) = changed(text, path)
    assert result == text.encode()
    assert warning.startswith("5:41: TSL306 ")
    assert warning.endswith("(its fix is unsafe, see --unsafe-fixes)")
    assert changed(text, path, unsafe_fixes=True)[0] != result


def test_a_file_that_python_cannot_read_is_skipped(tmp_path: Path) -> None:
    with pytest.raises(SkipFile, match="syntax error"):
        changed("x = b'é'\n", tmp_path / "models.py")


def test_standard_input(tmp_path: Path) -> None:
    name = "turnstay_lint.frontends.libcst_commands.LazyRelationship"
    arguments = ("codemod", "-x", "--no-format", name, "-")
    assert FIXED in tool("libcst.tool", *arguments, cwd=tmp_path, stdin=LAZY).stdout
