import json
from pathlib import Path

from tests.reporters.views import finding, view
from turnstay_lint.engine.checking.report import Change, Report
from turnstay_lint.engine.repairing.previews import Edit
from turnstay_lint.findings import Elsewhere, Move, Severity, unsafe
from turnstay_lint.reporters.json import report
from turnstay_lint.reporters.view import View
from turnstay_lint.source.positions import Span

FIXABLE = finding(
    (2, 4, 3, 0), scope="Account.company", fix=unsafe("Load it", None, "x"), severity=Severity.WARNING
)  # fmt: skip


def test_every_key_and_no_other() -> None:
    edits = {FIXABLE: (Edit(Span(2, 4, 2, 4), "lazy=1"),)}
    assert json.loads("\n".join(report(view(FIXABLE, edits=edits)))) == [
        {
            "code": "TSL306",
            "name": "lazy-relationship",
            "severity": "warning",
            "message": "loads lazily",
            "filename": "app/models.py",
            "location": {"row": 2, "column": 5},
            "end_location": {"row": 3, "column": 1},
            "fix": {
                "applicability": "unsafe",
                "message": "Load it",
                "edits": [
                    {
                        "content": "lazy=1",
                        "location": {"row": 2, "column": 5},
                        "end_location": {"row": 2, "column": 5},
                    }
                ],
            },
            "unfixable_reason": None,
            "scope": "Account.company",
            "url": "https://github.com/turnstay/turnstay-lint/blob/main/docs/rules/lazy-relationship.md",
        }
    ]


def test_edits_of_other_files_stand_by_themselves() -> None:
    elsewhere = (Elsewhere("app/api/deps.py", None), Elsewhere("app/new.py", None, created=True))
    made = finding((2, 4, 3, 0), fix=unsafe("Write it", None, "", elsewhere))
    edits = {
        made: (
            Edit(Span(2, 4, 2, 4), "x"),
            Edit(Span(1, 0, 1, 0), "y", "app/api/deps.py"),
            Edit(Span(1, 0, 1, 0), "z", "app/new.py"),
        )
    }
    [found] = json.loads("\n".join(report(view(made, edits=edits))))
    start = {"row": 1, "column": 1}
    place = {"location": start, "end_location": start}
    assert [edit["content"] for edit in found["fix"]["edits"]] == ["x"]
    assert found["fix"]["elsewhere"] == [
        {"filename": "app/api/deps.py", "edits": [{"content": "y", **place}]},
        {"filename": "app/new.py", "edits": [{"content": "z", **place}]},
    ]


def test_moves_stand_beside_the_edits() -> None:
    edits = {FIXABLE: (Edit(Span(2, 4, 2, 4), "x"),)}
    moves = {FIXABLE: (Move("app/models.py", "app/models/account.py"),)}
    [found] = json.loads("\n".join(report(view(FIXABLE, edits=edits, moves=moves))))
    assert [edit["content"] for edit in found["fix"]["edits"]] == ["x"]
    assert found["fix"]["moves"] == [
        {"filename": "app/models.py", "new_filename": "app/models/account.py"}
    ]


def test_what_was_moved_by_fixes() -> None:
    here = str(Path.cwd())
    changes = (
        Change(f"{here}/b.py", "b.py", b"x", b"x", (), moved_from=f"{here}/a.py"),
        Change(f"{here}/c.py", "c.py", b"x", b"y", ()),
    )
    made = json.loads("\n".join(report(View(Report((), changes=changes), fixing=True))))
    assert made == {
        "findings": [],
        "fixes": [],
        "changed": ["b.py", "c.py"],
        "moved": [{"filename": "a.py", "new_filename": "b.py"}],
    }


def test_edits_are_null_where_nobody_asked() -> None:
    [found] = json.loads("\n".join(report(view(FIXABLE))))
    assert found["fix"] == {"applicability": "unsafe", "message": "Load it", "edits": None}


def test_no_fix_is_null_with_its_reason() -> None:
    [found] = json.loads("\n".join(report(view(finding()))))
    assert (found["fix"], found["unfixable_reason"]) == (None, "a person decides")


def test_nothing_found_is_an_empty_array() -> None:
    assert list(report(view())) == ["[]"]
