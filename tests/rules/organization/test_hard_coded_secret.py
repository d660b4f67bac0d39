import ast
import sys
from importlib import import_module
from re import Pattern
from typing import Any

import pytest
from detect_secrets.plugins.keyword import DENYLIST
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.harness import Check
from turnstay_lint.engine.configuring.selection import ConfigurationError, chosen
from turnstay_lint.rules.organization.hard_coded_secret import SUSPICIONS, suspected_lines
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.text import Text

check = Check("TSL006", path="app/core/mail.py")
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLQ"
STRIPE_KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


@pytest.mark.parametrize(
    "line",
    [
        f"KEY = '«{AWS_KEY}»'",
        f"stripe.api_key = '«{STRIPE_KEY}»'",
        "password = '«correct-horse-7-battery»'",
        "connect('é', secret='«correct-horse-7-battery»')",
        "URL = 'https://user:«hunter2isgood»@example.com'",
    ],
)
def test_what_looks_like_a_secret(line: str) -> None:
    check.flags(f"{line}\n", after=None, reason="replaced where it is valid")


@pytest.mark.parametrize(
    "line",
    [
        "password = settings.PASSWORD",
        "password: str = Field('')",
        "status = 'ACTIVE'",
        "token_prefix = 'guesthouse_token_'",
        "password = '{{ password }}'",
        "name = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'",
        "password = 'correct-horse-7-battery'  # pragma: allowlist secret",
    ],
)
def test_what_is_none(line: str) -> None:
    check.clean(f"{line}\n")


def test_tests_have_made_up_ones() -> None:
    check.with_(path="app/tests/test_mail.py").clean("password = 'correct-horse-7-battery'\n")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detect_secrets", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'turnstay-lint\[secrets\]'"):
        chosen(["TSL006"], [], [], {})
    assert "TSL006" not in {rule.code for rule in chosen(["ALL"], [], [], {})}


def test_with_the_extra() -> None:
    assert [rule.code for rule in chosen(["hard-coded-secret"], [], [], {})] == ["TSL006"]


BEGIN = "-----BEGIN RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        "URI = 'postgresql://user:password@host:port/db'",
        "URI = 'postgresql://user:your-password@host:port/db'",
        "# URI = 'postgresql://root:hunter2isgood@localhost/db'",
        'def url():\n    """Like \'redis://redis:SuperSecret1@example.com:6379\'."""',
        'def secrets():\n    """\n    s = {\'password\': \'myPassw0rd\'}\n    """',
        f"valid = text.startswith('{BEGIN}')",
    ],
)
def test_what_only_shows_where_a_secret_stands(text: str) -> None:
    check.clean(f"{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"KEY = '«{AWS_KEY}»'  # of the bucket",
        f"# KEY = '«{AWS_KEY}»'",
        "URI = 'postgresql://root:«hunter2isgood»@localhost/db'  # local",
        "text = 'one'\n'Two.'\nURI = 'redis://a:«hunter2isgood»@b'",
    ],
)
def test_a_secret_beside_words(text: str) -> None:
    check.flags(f"{text}\n", after=None, reason="replaced where it is valid")


def test_a_private_key_with_its_lines() -> None:
    key = "MIIEpAIBAAKCAQEA" * 3
    assert check.findings(f'KEY = """{BEGIN}\n{key}\n"""\n')
    assert check.findings(f"KEY = '{BEGIN}\\n{key}'\n")


def detector(module: str, name: str) -> Any:
    return getattr(import_module(f"detect_secrets.plugins.{module}"), name)()


DETECTORS = dict.fromkeys((suspicion.module, suspicion.detector) for suspicion in SUSPICIONS)
SHAPES = [
    pytest.param(module, name, pattern, id=f"{name}-{number}")
    for module, name in DETECTORS
    for number, pattern in enumerate(getattr(detector(module, name), "denylist", ()))
]


def is_suspected(line: str, name: str) -> bool:
    source = SourceFile("app/core/mail.py", Text(f"first\n{line}\nlast\n"), tree=ast.parse(""))
    return name in {suspicion.detector for suspicion in suspected_lines(source).get(2, ())}


@pytest.mark.parametrize(("module", "name", "pattern"), SHAPES)
@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_detectors_are_asked_of_every_line_that_has_their_shapes(
    module: str, name: str, pattern: Pattern[str], data: st.DataObject
) -> None:
    line = f"'{data.draw(st.from_regex(pattern))}'"
    assume(len(line.splitlines()) == 1 and pattern.search(line))
    assert is_suspected(line, name)


@given(
    name=st.from_regex("|".join(DENYLIST), fullmatch=True),
    secret=st.from_regex(r"[^\s\v'\",`]{8,20}", fullmatch=True),
    form=st.sampled_from(["{0} = '{1}'", '"{1}" == {0}', "{{'{0}': '{1}'}}", '{0}("{1}");']),
    case=st.sampled_from([str.upper, str.lower, str.title]),
)
@settings(deadline=None, max_examples=30)
def test_the_detector_of_names_is_asked_of_every_line_with_such_a_name(
    name: str, secret: str, form: str, case: Any
) -> None:
    secret = f"a{secret}7"
    line = form.format(case(name), secret)
    found = detector("keyword", "KeywordDetector").analyze_line("mail.py", line)
    assume(secret in {one.secret_value for one in found})
    assert is_suspected(line, "KeywordDetector")
