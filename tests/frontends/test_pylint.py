import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frontends.service import FRAGMENT, tool, written
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.findings import Severity
from turnstay_lint.frontends.pylint import message_id

MODULE = "turnstay_lint.frontends.pylint"
ONLY = ("--disable=all", "--enable=unreadable-file,lazy-relationship")


def pylint(
    folder: Path, *arguments: str, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    options = (f"--load-plugins={MODULE}", "--rcfile=", "--persistent=n", "--score=n")
    return tool("pylint", *options, *arguments, cwd=folder, stdin=stdin)


def messages(folder: Path, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
    result = pylint(folder, "--output-format=json2", *arguments, stdin=stdin)
    assert not result.stderr, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["messages"]
    return found


def shown(folder: Path, *arguments: str, stdin: str | None = None) -> list[tuple[str, int, int]]:
    return [(m["path"], m["line"], m["column"]) for m in messages(folder, *arguments, stdin=stdin)]


def test_ids_and_symbols() -> None:
    ids = {rule.code: message_id(rule) for rule in all_rules()}
    assert ids["TSL000"] == "E9000"
    assert ids["TSL306"] == "E9306"
    for rule in all_rules():
        assert ids[rule.code][0] == ("E" if rule.severity is Severity.ERROR else "W")
        assert ids[rule.code][1:] == f"9{rule.code.removeprefix('TSL')}"


def test_every_rule_is_listed_with_what_it_does(tmp_path: Path) -> None:
    listed = pylint(tmp_path, "--list-msgs").stdout
    for rule in all_rules():
        assert f":{rule.name} ({message_id(rule)})" in listed
    assert "Finds relationships" in pylint(tmp_path, "--help-msg=lazy-relationship").stdout


def test_a_finding_at_its_place_with_its_end(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": FRAGMENT})
    (found,) = messages(tmp_path, *ONLY, "app/models.py")
    assert found["messageId"] == "E9306"
    assert found["symbol"] == "lazy-relationship"
    assert found["type"] == "error"
    assert found["confidence"] == "HIGH"
    assert found["message"].startswith("`Company.accounts` is loaded")
    assert (found["line"], found["column"]) == (5, 40)
    assert (found["endLine"], found["endColumn"]) == (5, 63)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_file_of_a_service(tmp_path: Path, jobs: str) -> None:
    files = {f"app/models/m{number}.py": FRAGMENT for number in range(4)}
    written(tmp_path, {"app/__init__.py": "", "app/models/__init__.py": "", **files})
    assert sorted(shown(tmp_path, *ONLY, f"-j{jobs}", "app")) == [
        (f"app/models/m{number}.py", 5, 40) for number in range(4)
    ]


def test_standard_input_is_the_file_that_it_is_said_to_be(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": ""})
    arguments = (*ONLY, "--from-stdin", "app/models.py")
    assert shown(tmp_path, *arguments, stdin=FRAGMENT) == [("app/models.py", 5, 40)]


def test_suppressions(tmp_path: Path) -> None:
    comments = {
        "one": "# pylint: disable=lazy-relationship",
        "two": "# pylint: disable=E9306",
        "three": "# turnstay: ignore[TSL306] on purpose",
        "four": "# noqa: TSL306",
        "five": "# noqa: E501",
    }
    stripped = FRAGMENT.rstrip("\n")
    files = {f"app/{name}.py": f"{stripped}  {text}\n" for name, text in comments.items()}
    inside = FRAGMENT.replace(
        "    accounts", "    # pylint: disable=lazy-relationship\n    accounts"
    )
    above = "# pylint: disable=lazy-relationship\n" + FRAGMENT
    written(tmp_path, {**files, "app/six.py": inside, "app/seven.py": above})
    paths = [f"app/{name}.py" for name in (*comments, "six", "seven")]
    assert [path for path, *_ in shown(tmp_path, *ONLY, *paths)] == ["app/five.py"]


def test_the_configuration_is_the_service_s(tmp_path: Path) -> None:
    table = "[tool.turnstay-lint]\n"
    written(
        tmp_path,
        {
            "one/pyproject.toml": f'{table}ignore = ["TSL3"]\n',
            "two/pyproject.toml": f'{table}per-file-ignores = {{"app/old*.py" = ["TSL306"]}}\n',
            "two/app/old_models.py": FRAGMENT,
            "three/pyproject.toml": f'{table}extend-exclude = ["app/models.py"]\n',
            **{f"{service}/app/models.py": FRAGMENT for service in ("one", "two", "three")},
        },
    )
    paths = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*models.py"))
    assert len(paths) == 4
    assert shown(tmp_path, *ONLY, *paths) == [("two/app/models.py", 5, 40)]


def test_a_severity_of_the_user_s_does_not_change_the_id(tmp_path: Path) -> None:
    severity = '[tool.turnstay-lint]\nseverity = {TSL306 = "warning"}\n'
    written(tmp_path, {"pyproject.toml": severity, "app/models.py": FRAGMENT})
    assert [m["messageId"] for m in messages(tmp_path, *ONLY, "app/models.py")] == ["E9306"]


def test_columns_count_code_points(tmp_path: Path) -> None:
    text = FRAGMENT.replace("    accounts", "    é = '日本😀'; accounts")
    written(tmp_path, {"app/models.py": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    assert shown(tmp_path, *ONLY, "app/models.py") == [("app/models.py", 5, 51)]


@pytest.mark.parametrize(
    ("content", "symbol"),
    [(FRAGMENT + "x = (\n", "syntax-error"), (FRAGMENT.encode() + b"# \xff\n", "parse-error")],
)
def test_what_cannot_be_read_is_pylint_s_to_report(
    tmp_path: Path, content: str | bytes, symbol: str
) -> None:
    written(tmp_path, {"app/models.py": content, "app/other.py": FRAGMENT})
    found = messages(tmp_path, *ONLY, "--enable=syntax-error", "app/models.py", "app/other.py")
    assert [(m["path"], m["symbol"]) for m in found] == [
        ("app/models.py", symbol),
        ("app/other.py", "lazy-relationship"),
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_configuration_that_cannot_be_meant_is_fatal(tmp_path: Path, jobs: str) -> None:
    configuration = "[tool.turnstay-lint]\nselekt = []\n"
    written(tmp_path, {"pyproject.toml": configuration, "a.py": FRAGMENT, "b.py": FRAGMENT})
    result = pylint(tmp_path, *ONLY, f"-j{jobs}", "a.py", "b.py")
    assert result.returncode & 1, result.stdout
    assert result.stdout.count("did you mean 'select'") == 2
    assert not result.stderr
