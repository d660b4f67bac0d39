from tests.reporters.views import finding, view
from turnstay_lint.findings import Severity, safe
from turnstay_lint.reporters.github import report


def test_an_error() -> None:
    assert list(report(view(finding((3, 4, 3, 9), fix=safe("Load it", None))))) == [
        "::error title=turnstay-lint TSL306 (lazy-relationship),file=app/models.py,line=3,col=5,"
        "endLine=3,endColumn=10::app/models.py:3:5: TSL306 [*] loads lazily%0Afix: Load it (--fix)"
    ]


def test_a_warning_with_everything_that_must_be_escaped() -> None:
    found = finding(
        message="100%: a,b\r\nc",
        path="50%,a:b.py",
        severity=Severity.WARNING,
        help="Help, really: yes",
    )
    assert list(report(view(found))) == [
        "::warning title=turnstay-lint TSL306 (lazy-relationship),file=50%25%2Ca%3Ab.py,line=1,"
        "col=1,endLine=1,endColumn=2::50%25,a:b.py:1:1: TSL306 100%25: a,b%0D%0Ac%0A"
        "Help, really: yes%0Ano fix: a person decides"
    ]
