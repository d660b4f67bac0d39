"""English number: whether a resource is named in the singular or in the plural, and the other form.

The last word of a name tells: ``payment_intents`` and ``payment-intents`` are several. The words of
``plurals`` in the configuration come first, then those of this file, which are what services
say and ``inflection`` gets wrong; it knows the others. A word that is its own plural is both.
``inflection`` is imported when a word is first asked about, for only rules on names need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from turnstay_lint.source.patterns import regex

_OWN_PLURAL = frozenset(
    {
        "access", "analytics", "audio", "auth", "aws", "billing", "chaos", "cors", "css", "data",
        "diagnostics", "dns", "feedback", "gps", "graphics", "hardware", "history", "https", "info",
        "inventory", "ios", "kubernetes", "logistics", "media", "metadata", "metrics", "mfa",
        "news", "oauth", "os", "physics", "postgres", "progress", "redis", "saas", "security",
        "software", "sms", "ssl", "staff", "support", "telemetry", "tls", "traffic", "usage",
    }
)  # fmt: skip
"""Words that have one form, or whose other form no service has a use for."""
_PLURALS = {
    "archive": "archives",
    "atlas": "atlases",
    "bias": "biases",
    "bonus": "bonuses",
    "cache": "caches",
    "campus": "campuses",
    "canvas": "canvases",
    "census": "censuses",
    "chassis": "chassis",
    "consensus": "consensuses",
    "cookie": "cookies",
    "corpus": "corpora",
    "criterion": "criteria",
    "drive": "drives",
    "focus": "focuses",
    "foot": "feet",
    "gas": "gases",
    "hero": "heroes",
    "leaf": "leaves",
    "lens": "lenses",
    "locus": "loci",
    "nexus": "nexuses",
    "plus": "pluses",
    "radius": "radii",
    "safe": "safes",
    "schema": "schemas",
    "slave": "slaves",
    "tooth": "teeth",
    "virus": "viruses",
}
_SINGULARS = {plural: singular for singular, plural in _PLURALS.items()}
_MOST_NAMES = 4096
_LAST_WORD = regex(r"[A-Z]?[a-z]+$|[A-Z]+$")


def plural(name: str, plurals: Mapping[str, str]) -> str:
    """Return a name with its last word in the plural; one that is there already stays."""
    if not plurals:
        return _plural_alone(name)
    return _with_last(name, lambda word: _plural(word, plurals))


def singular(name: str, plurals: Mapping[str, str]) -> str:
    """Return a name with its last word in the singular; one that is there already stays."""
    if not plurals:
        return _singular_alone(name)
    return _with_last(name, lambda word: _singular(word, plurals))


def is_plural(name: str, plurals: Mapping[str, str]) -> bool:
    """Tell whether a name may stand for several: its last word is a plural, or has one form."""
    return plural(name, plurals) == name


def is_singular(name: str, plurals: Mapping[str, str]) -> bool:
    """Tell whether a name may stand for one: its last word is a singular, or has one form."""
    return singular(name, plurals) == name


def _with_last(name: str, change: Callable[[str], str]) -> str:
    """Change the last word of a name, whose first letter may be a capital; a number is no word."""
    found = _LAST_WORD.search(name)
    if found is None:
        return name
    word = found.group()
    changed = change(word.lower())
    return name[: found.start()] + (word if changed == word.lower() else _as(word, changed))


def _as(word: str, changed: str) -> str:
    if word.isupper() and len(word) > 1:
        return changed.upper()
    return changed.capitalize() if word[0].isupper() else changed


def _plural(word: str, plurals: Mapping[str, str]) -> str:
    if word in plurals.values():
        return word
    return plurals.get(word) or _plural_by_rule(word)


def _singular(word: str, plurals: Mapping[str, str]) -> str:
    if word in plurals:
        return word
    own = next((one for one, several in plurals.items() if several == word), "")
    return own or _singular_by_rule(word)


@lru_cache(maxsize=_MOST_NAMES)
def _plural_alone(name: str) -> str:
    return _with_last(name, _plural_by_rule)


@lru_cache(maxsize=_MOST_NAMES)
def _singular_alone(name: str) -> str:
    return _with_last(name, _singular_by_rule)


@cache
def _plural_by_rule(word: str) -> str:
    if word in _OWN_PLURAL or word in _SINGULARS:
        return word
    from inflection import pluralize

    return _PLURALS.get(word) or pluralize(word)


@cache
def _singular_by_rule(word: str) -> str:
    if word in _OWN_PLURAL or word in _PLURALS:
        return word
    from inflection import singularize

    return _SINGULARS.get(word) or singularize(word)
