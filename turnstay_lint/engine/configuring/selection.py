"""Which rules a run is about: codes, beginnings of codes and names, selected and ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec

from msgspec.structs import replace

from turnstay_lint.engine.configuring.misunderstanding import ConfigurationError, nearest
from turnstay_lint.engine.configuring.registry import all_rules, matching
from turnstay_lint.findings import Applicability, Severity
from turnstay_lint.rules.rule import Rule

__all__ = ["ConfigurationError", "chosen", "codes_of", "mending", "nearest"]

_WHOLE = 100


def codes_of(word: str, where: str) -> set[str]:
    """Return the codes that a word speaks of; raises ConfigurationError with the nearest name."""
    try:
        return matching([word])
    except KeyError:
        names = [name for rule in all_rules() for name in (rule.code, rule.name)]
        raise ConfigurationError(
            f"{where}: there is no rule {word!r}{nearest(word, names)}"
        ) from None


def chosen(
    select: Iterable[str],
    extend_select: Iterable[str],
    ignore: Iterable[str],
    severity: Mapping[str, Severity],
) -> tuple[Rule, ...]:
    """Return the rules that are on, with the severity that was asked for.

    The longest word that speaks of a rule decides, ``ignore`` before ``select``. An empty
    ``select`` stands for the rules that are on by default. Raises ConfigurationError for a word
    that speaks of no rule. A rule that needs what is not installed is left out, or, where its own
    name is given, a ConfigurationError as well.
    """
    selected = _weights(select, "select")
    if not selected:
        selected = {rule.code: 0 for rule in all_rules() if rule.default}
    selected |= _weights(extend_select, "extend-select")
    ignored = _weights(ignore, "ignore")
    severities = _severities(severity)
    return tuple(
        replace(rule, severity=severities[rule.code]) if rule.code in severities else rule
        for rule in all_rules()
        if selected.get(rule.code, -1) > ignored.get(rule.code, -1)
        and _has_what_it_needs(rule, selected[rule.code])
    )


def _has_what_it_needs(rule: Rule, weight: int) -> bool:
    """Tell whether a rule can look at all; one that is asked for by its own name must.

    Raises ConfigurationError with the extra that is to be installed.
    """
    if not rule.needs or find_spec(rule.needs) is not None:
        return True
    if weight < _WHOLE:
        return False
    raise ConfigurationError(
        f"{rule.code} {rule.name} needs {rule.needs.replace('_', '-')}:"
        f" pip install 'turnstay-lint[{rule.extra}]'"
    )


def mending(
    rules: Iterable[Rule],
    fixable: Iterable[str],
    unfixable: Iterable[str],
    safe: Iterable[str],
    unsafe: Iterable[str],
) -> tuple[Rule, ...]:
    """Return rules with what the configuration makes of their fixes.

    The longest word that speaks of a rule decides, and else caution: ``unfixable`` before
    ``fixable``, ``unsafe`` before ``safe``. Raises ConfigurationError for a word that speaks of no
    rule.
    """
    on, off = _weights(fixable, "fixable"), _weights(unfixable, "unfixable")
    keeps = _weights(safe, "extend-safe-fixes")
    differs = _weights(unsafe, "extend-unsafe-fixes")
    made = []
    for rule in rules:
        code, kind = rule.code, rule.applicability
        if code in keeps or code in differs:
            is_safe = keeps.get(code, -1) > differs.get(code, -1)
            kind = Applicability.SAFE if is_safe else Applicability.UNSAFE
        mends = on.get(code, -1) > off.get(code, -1)
        made.append(replace(rule, applicability=kind, mends=mends and rule.mends))
    return tuple(made)


def _weight(word: str) -> int:
    """How closely a word speaks: ``ALL`` least, then shorter beginnings, a code or name most."""
    if word.upper() == "ALL":
        return 0
    is_beginning = word.upper().startswith("TSL") and len(word) < len("TSL000")
    return len(word) if is_beginning else _WHOLE


def _weights(words: Iterable[str], where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        for code in codes_of(word, where):
            found[code] = max(_weight(word.strip()), found.get(code, -1))
    return found


def _severities(severity: Mapping[str, Severity]) -> dict[str, Severity]:
    return {
        code: wanted
        for word, wanted in sorted(severity.items(), key=lambda item: _weight(item[0].strip()))
        for code in codes_of(word, "severity")
    }
