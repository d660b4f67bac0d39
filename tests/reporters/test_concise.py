from tests.reporters.views import finding, view
from turnstay_lint.findings import safe, unsafe
from turnstay_lint.reporters.concise import report


def test_one_line_a_finding_and_a_star_where_there_is_a_safe_fix() -> None:
    findings = (
        finding((3, 4, 3, 9)),
        finding((5, 0, 5, 1), fix=safe("Do it", None)),
        finding((7, 0, 7, 1), fix=unsafe("Do it", None, "careful")),
    )
    assert list(report(view(*findings))) == [
        "app/models.py:3:5: TSL306 loads lazily",
        "app/models.py:5:1: TSL306 [*] loads lazily",
        "app/models.py:7:1: TSL306 loads lazily",
    ]


def test_a_finding_is_one_line_whatever_it_says() -> None:
    assert list(report(view(finding(message="two\nlines", path="a\nb.py")))) == [
        "a␊b.py:1:1: TSL306 two␊lines"
    ]
