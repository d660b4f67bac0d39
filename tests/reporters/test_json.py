import json

from tests.reporters.views import finding, view
from turnstay_lint.engine.previews import Edit
from turnstay_lint.findings import Severity, unsafe
from turnstay_lint.reporters.json import report
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


def test_edits_are_null_where_nobody_asked() -> None:
    [found] = json.loads("\n".join(report(view(FIXABLE))))
    assert found["fix"] == {"applicability": "unsafe", "message": "Load it", "edits": None}


def test_no_fix_is_null_with_its_reason() -> None:
    [found] = json.loads("\n".join(report(view(finding()))))
    assert (found["fix"], found["unfixable_reason"]) == (None, "a person decides")


def test_nothing_found_is_an_empty_array() -> None:
    assert list(report(view())) == ["[]"]
