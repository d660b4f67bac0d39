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
