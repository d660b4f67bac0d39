import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.service import LAZY, tool, written
from turnstay_lint import __version__

FOUND = "5:41: TSL306 "


def flake8(
    folder: Path, *arguments: str, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    return tool("flake8", "--isolated", "--select=TSL", *arguments, cwd=folder, stdin=stdin)


def shown(folder: Path, *arguments: str, stdin: str | None = None) -> list[str]:
    """Return flake8's lines without the messages."""
    result = flake8(folder, *arguments, stdin=stdin)
    assert not result.stderr, result.stderr
    assert result.returncode == bool(result.stdout), result.stdout
    return [line.partition("TSL306")[0] + "TSL306" for line in result.stdout.splitlines()]


def test_the_plugin_is_known_to_flake8(tmp_path: Path) -> None:
    result = tool("flake8", "--version", cwd=tmp_path)
    assert f"turnstay-lint: {__version__}" in " ".join(result.stdout.split())


def test_a_finding_at_its_place_with_its_message(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": LAZY})
    result = flake8(tmp_path, "app")
    assert result.stdout.startswith(f"app/models.py:{FOUND}`Company.accounts` is loaded")
    assert result.returncode == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_file_of_a_service(tmp_path: Path, jobs: str) -> None:
    written(tmp_path, {f"app/models/m{number}.py": LAZY for number in range(5)})
    assert shown(tmp_path, f"-j{jobs}", "app") == [
        f"app/models/m{number}.py:5:41: TSL306" for number in range(5)
    ]


def test_standard_input_is_the_file_that_it_is_said_to_be(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": "", "app/other.py": LAZY})
    arguments = ("--stdin-display-name", "app/models.py", "-")
    assert shown(tmp_path, *arguments, stdin=LAZY) == ["app/models.py:5:41: TSL306"]
    assert shown(tmp_path, *arguments, stdin="") == []
    assert shown(tmp_path, "-", stdin=LAZY) == ["stdin:5:41: TSL306"]


def test_the_configuration_is_the_service_s(tmp_path: Path) -> None:
    table = "[tool.turnstay-lint]\n"
    written(
        tmp_path,
        {
            "pyproject.toml": "",
            "one/pyproject.toml": f'{table}ignore = ["TSL3"]\n',
            "two/pyproject.toml": f'{table}per-file-ignores = {{"app/old*.py" = ["TSL306"]}}\n',
            "three/pyproject.toml": f'{table}extend-exclude = ["app/generated"]\n',
            "four/pyproject.toml": f'{table}allowed-lazy = ["select"]\n',
            **{
                f"{service}/app/{name}.py": LAZY
                for service in ("one", "two", "three")
                for name in ("models", "old_models", "generated/models")
            },
            "four/app/models.py": LAZY.replace('"Account"', '"Account", lazy="select"', 1),
        },
    )
    assert shown(tmp_path, ".") == [
        "./three/app/models.py:5:41: TSL306",
        "./three/app/old_models.py:5:41: TSL306",
        "./two/app/generated/models.py:5:41: TSL306",
        "./two/app/models.py:5:41: TSL306",
    ]


def test_flake8_s_own_choices_hold_as_well(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": LAZY})
    assert shown(tmp_path, "--extend-ignore=TSL306", "app") == []
    assert shown(tmp_path, "--per-file-ignores=app/models.py:TSL3", "app") == []


@pytest.mark.parametrize(
    ("comment", "silences", "without_noqa"),
    [
        ("# noqa: TSL306", True, False),
        ("# noqa", True, False),
        ("# turnstay: ignore[TSL306] on purpose", True, True),
        ("# turnstay: ignore[TSL101]", False, False),
    ],
)
def test_suppressions(tmp_path: Path, comment: str, silences: bool, without_noqa: bool) -> None:
    written(tmp_path, {"app/models.py": LAZY.rstrip("\n") + f"  {comment}\n"})
    assert (shown(tmp_path, "app") == []) == silences
    assert (shown(tmp_path, "--disable-noqa", "app") == []) == without_noqa


def test_columns_count_code_points(tmp_path: Path) -> None:
    text = LAZY.replace("    accounts", "    é = '日本😀'; accounts")
    written(tmp_path, {"app/models.py": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    assert shown(tmp_path, "app") == ["app/models.py:5:52: TSL306"]


def test_syntax_errors_are_flake8_s_to_report(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": LAZY + "x = (\n"})
    result = tool("flake8", "--isolated", "app", cwd=tmp_path)
    assert "E999" in result.stdout
    assert "TSL" not in result.stdout
    assert not result.stderr


def test_bytes_that_are_no_text_have_no_findings(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": LAZY.encode() + b"# \xff\n"})
    assert shown(tmp_path, "app") == []


def test_a_configuration_that_cannot_be_meant_ends_the_run(tmp_path: Path) -> None:
    files = {"app/a.py": LAZY, "app/b.py": LAZY}
    written(tmp_path, {"pyproject.toml": "[tool.turnstay-lint]\nselekt = []\n", **files})
    for jobs in ("-j1", "-j2"):
        result = flake8(tmp_path, jobs, "app")
        assert result.returncode == 1
        assert "did you mean 'select'" in result.stdout + result.stderr
        assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_other_files_of_the_service_bear_on_a_file(tmp_path: Path, jobs: str) -> None:
    names = "import DeclarativeBase, Mapped, relationship"
    text = LAZY.replace(f"sqlalchemy.orm {names}", f"app.orm {names} as rel")
    text = text.replace("relationship(", "rel(")
    files = {f"app/models/m{number}.py": text for number in range(3)}
    written(tmp_path, {"app/orm.py": f"from sqlalchemy.orm {names}\n", **files})
    assert shown(tmp_path, f"-j{jobs}", "app") == [
        f"app/models/m{number}.py:5:41: TSL306" for number in range(3)
    ]


def test_the_plugin_loads_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    program = (
        "import sys, turnstay_lint.frontends.flake8 as plugin\n"
        "print(sorted({'libcst', 'astroid', 'click', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
