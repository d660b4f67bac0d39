"""English number, of names as services have them."""

import subprocess
import sys

import pytest

from turnstay_lint.project.number import is_plural, is_singular, plural, singular


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("account", "accounts"),
        ("company", "companies"),
        ("payment_intent", "payment_intents"),
        ("payment-intent", "payment-intents"),
        ("paymentIntent", "paymentIntents"),
        ("PaymentIntent", "PaymentIntents"),
        ("API", "APIS"),
        ("status", "statuses"),
        ("address", "addresses"),
        ("alias", "aliases"),
        ("process", "processes"),
        ("analysis", "analyses"),
        ("tax", "taxes"),
        ("invoice", "invoices"),
        ("cache", "caches"),
        ("cookie", "cookies"),
        ("canvas", "canvases"),
        ("bonus", "bonuses"),
        ("criterion", "criteria"),
        ("person", "people"),
        ("currency", "currencies"),
        ("schema", "schemas"),
    ],
)
def test_one_and_several(one: str, several: str) -> None:
    assert plural(one, {}) == several
    assert singular(several, {}) == one
    assert is_singular(one, {}) and not is_plural(one, {})
    assert is_plural(several, {}) and not is_singular(several, {})


@pytest.mark.parametrize(
    "name", ["series", "user_data", "metadata", "sms", "news", "information", "v2", "", "_"]
)
def test_what_has_one_form_is_both(name: str) -> None:
    assert is_singular(name, {})
    assert is_plural(name, {})


def test_the_configuration_knows_better() -> None:
    plurals = {"settings": "settings", "octopus": "octopodes", "stay": "staies"}
    assert is_singular("account_settings", plurals) and is_plural("account_settings", plurals)
    assert plural("octopus", plurals) == "octopodes"
    assert singular("octopodes", plurals) == "octopus"
    assert singular("Octopodes", plurals) == "Octopus"
    assert is_singular("stay", plurals) and not is_plural("stay", plurals)


def test_the_library_is_imported_when_a_word_is_asked_about() -> None:
    code = (
        "import sys; from turnstay_lint.project.number import plural;"
        "assert 'inflection' not in sys.modules; assert plural('data', {}) == 'data';"
        "assert 'inflection' not in sys.modules; plural('word', {});"
        "assert 'inflection' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
