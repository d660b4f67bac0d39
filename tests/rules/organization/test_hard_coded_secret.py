import sys

import pytest

from tests.harness import Check
from turnstay_lint.engine.selection import ConfigurationError, chosen

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
