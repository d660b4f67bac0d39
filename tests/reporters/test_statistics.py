import json

from tests.reporters.views import finding, view
from turnstay_lint.findings import safe
from turnstay_lint.reporters.statistics import report

FIXABLE = safe("Do it", None)
FOUND = view(
    *(finding((line, 0, line, 1), fix=FIXABLE) for line in range(1, 11)),
    finding(code="TSL101"),
    finding(code="TSL101", fix=FIXABLE),
    finding(code="TSL102"),
)


def test_the_most_frequent_first_and_what_can_be_fixed() -> None:
    assert list(report(FOUND)) == [
        "10  TSL306 [*] lazy-relationship",
        " 2  TSL101 [-] lazy-relationship",
        " 1  TSL102 [ ] lazy-relationship",
    ]


def test_for_programs() -> None:
    rows = json.loads("\n".join(report(FOUND, as_json=True)))
    assert rows[1] == {"code": "TSL101", "name": "lazy-relationship", "count": 2, "fixable": 1}


def test_nothing_found() -> None:
    assert list(report(view())) == []
    assert list(report(view(), as_json=True)) == ["[]"]
