"""The command line, flake8 and pylint say the same of the same files: code, line and column.

TSL000 is left out: flake8 and pylint report syntax errors themselves.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from os.path import normpath
from pathlib import Path

import pytest

from tests.frontends.service import FRAGMENT, tool, written
from turnstay_lint.engine.configuring.registry import all_rules

FIXTURES = Path(__file__).parents[2] / "fixtures"
SYMBOLS = ",".join(rule.name for rule in all_rules())
_LINE = re.compile(r"(?P<path>.+):(?P<line>\d+):(?P<column>\d+): (?P<code>TSL\d{3}) (?P<text>.+)")
_IMPORTED = re.compile(rb"^ *(?:from|import) ((?!app\b)[\w.]+)", re.MULTILINE)

Place = tuple[str, int, int, str, str]
"""Path from the folder, line and column from 1, code, message."""


def command_line(folder: Path) -> list[Place]:
    result = tool("turnstay_lint", "--output-format=json", ".", cwd=folder)
    assert result.stdout, result.stderr
    return sorted(
        (
            normpath(found["filename"]),
            found["location"]["row"],
            found["location"]["column"],
            found["code"],
            found["message"],
        )
        for found in json.loads(result.stdout)
        if found["code"] != "TSL000"
    )


def flake8(folder: Path, jobs: int) -> list[Place]:
    result = tool("flake8", "--isolated", "--select=TSL", f"-j{jobs}", ".", cwd=folder)
    assert not result.stderr, result.stderr
    lines = [_LINE.fullmatch(line) for line in result.stdout.splitlines()]
    assert None not in lines, result.stdout
    return sorted(
        (normpath(m["path"]), int(m["line"]), int(m["column"]), m["code"], m["text"])
        for m in lines
        if m is not None
    )


def pylint(folder: Path, jobs: int) -> list[Place]:
    plugin = "--load-plugins=turnstay_lint.frontends.pylint"
    only = ("--rcfile=", "--persistent=n", "--disable=all", f"--enable={SYMBOLS}")
    files = sorted(folder.rglob("*.py"))
    paths = [str(path.relative_to(folder)) for path in files]
    # astroid would follow imports into SQLAlchemy for a minute, for its own ends.
    outside = {name for path in files for name in _IMPORTED.findall(path.read_bytes())}
    only += (f"--ignored-modules={b','.join(sorted(outside)).decode()}",)
    result = tool("pylint", plugin, *only, "--output-format=json2", f"-j{jobs}", *paths, cwd=folder)
    assert not result.stderr, result.stderr
    return sorted(
        (
            normpath(found["path"]),
            found["line"],
            found["column"] + 1,
            f"TSL{found['messageId'][2:]}",
            found["message"],
        )
        for found in json.loads(result.stdout)["messages"]
        if found["messageId"][1] == "9"
    )


HOSTS = {
    "flake8": lambda folder: flake8(folder, 1),
    "flake8 -j2": lambda folder: flake8(folder, 2),
    "pylint": lambda folder: pylint(folder, 1),
    "pylint -j2": lambda folder: pylint(folder, 2),
}
every_host = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())

HEADS = {
    "plain": "    ",
    "letters": "    é = '日本😀'; ",
    "combining": "    'e\u0301'; ",
    "form_feed": "\x0c    ",
    "backslash": "    'é'; \\\n    'é'; ",
}


def hard_files() -> dict[str, str | bytes]:
    """Every head before every finding, with each kind of line end, indentation and encoding."""
    files: dict[str, str | bytes] = {}
    for name, head in HEADS.items():
        text = FRAGMENT.replace("    accounts", f"{head}accounts")
        for end_name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
            ended = text.replace("\n", end).encode()
            stem = f"app/{name}_{end_name}"
            files[f"{stem}.py"] = ended
            files[f"{stem}_mark.py"] = b"\xef\xbb\xbf" + ended
    tabs = FRAGMENT.replace("    ", "\t\t").replace('("Account")', '(\t"Account"\t)')
    files["app/tabs.py"] = tabs
    files["app/latin.py"] = b"# coding: latin-1\n" + FRAGMENT.replace(
        "    accounts", "    x = 'é'; accounts"
    ).encode("latin-1")
    files["app/no_end.py"] = FRAGMENT.rstrip("\n")
    files["app/separators.py"] = f"x = '\x0b\x1c\x85\u2028'\n{FRAGMENT}"
    files["app/silenced.py"] = FRAGMENT.rstrip("\n") + "  # noqa: E1, TSL306 because\n"
    files["app/not_silenced.py"] = FRAGMENT.rstrip("\n") + "  # noqa: tsl306\n"
    files["app/silenced_file.py"] = f"# turnstay: ignore-file[TSL3]\n{FRAGMENT}"
    files["app/flake8_file.py"] = f"# flake8: noqa\n{FRAGMENT}"
    files["app/string.py"] = FRAGMENT.replace('("Account")', '("""\n# noqa\n""")')
    return files


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Place]]:
    folder = written(tmp_path_factory.mktemp("hard"), hard_files())
    return folder, command_line(folder)


@every_host
def test_hard_files(hard: tuple[Path, list[Place]], host: Callable[[Path], list[Place]]) -> None:
    folder, wanted = hard
    assert len(wanted) == len(HEADS) * 6 + 5
    assert host(folder) == wanted


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Place]]:
    """Copy the fixture services and what the handbook and the rules have beside them."""
    folder = tmp_path_factory.mktemp("fixtures")
    for name in ("services/drifted", "services/guesthouse", "handbook", "rules"):
        shutil.copytree(
            FIXTURES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
        (folder / name / "pyproject.toml").touch()
    return folder, command_line(folder)


@pytest.mark.slow
@every_host
def test_fixtures(services: tuple[Path, list[Place]], host: Callable[[Path], list[Place]]) -> None:
    folder, wanted = services
    assert wanted
    assert host(folder) == wanted


@every_host
def test_a_package_without_a_project(tmp_path: Path, host: Callable[[Path], list[Place]]) -> None:
    names = "import DeclarativeBase, Mapped, relationship"
    own = FRAGMENT.replace("\n", f"from package.orm {names} as rel", 1)
    own = own.replace("relationship(", "rel(")
    files = {
        "package/__init__.py": "",
        "package/orm.py": f"from sqlalchemy.orm {names}\n",
        "package/versions/2026/models.py": own,
        "package/api/access/auth/__init__.py": own,
    }
    written(tmp_path, files)
    (tmp_path / "pyproject.toml").unlink()
    wanted = command_line(tmp_path)
    assert [path for path, *_ in wanted] == list(files)[:1:-1]
    assert host(tmp_path) == wanted


def test_unsaved_text(tmp_path: Path) -> None:
    """What an editor sends is judged in the service that the file lies in, not what is saved."""
    names = "import DeclarativeBase, Mapped, relationship"
    unsaved = FRAGMENT.replace("\n", f"from app.orm {names} as rel  # é\n", 1)
    unsaved = unsaved.replace("relationship(", "rel(")
    orm = f"from sqlalchemy.orm {names}\n"
    written(tmp_path, {"app/orm.py": orm, "app/models.py": "x = 1\n"})
    path = "app/models.py"
    shown = (
        tool("turnstay_lint", "--output-format=concise", "--stdin-filename", path, "-",
             cwd=tmp_path, stdin=unsaved),
        tool("flake8", "--isolated", "--select=TSL", "--stdin-display-name", path, "-",
             cwd=tmp_path, stdin=unsaved),
        tool("pylint", "--load-plugins=turnstay_lint.frontends.pylint", "--rcfile=",
             "--disable=all", f"--enable={SYMBOLS}", "--from-stdin", path,
             "--msg-template={path}:{line}:{column}: {msg_id}", cwd=tmp_path, stdin=unsaved),
    )  # fmt: skip
    starts = [re.findall(rf"^{path}:\d+:\d+: (?:TSL|E9)306", s.stdout, re.MULTILINE) for s in shown]
    assert starts == [
        [f"{path}:5:41: TSL306"],
        [f"{path}:5:41: TSL306"],
        [f"{path}:5:40: E9306"],
    ], [s.stdout + s.stderr for s in shown]
