"""What a fix must never do, held against what it did."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.mending.excerpts import Place, changed_lines, differing
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.positions import LineMap


class Reverted(Exception):
    """The fixes of a file led somewhere they must not; the message says where.

    ``codes`` are the rules whose fixes are known to be to blame; ``fault`` is set for what no fix
    should ever do, which the user is told as an error.
    """

    def __init__(self, message: str, codes: Iterable[str] = (), *, fault: bool = False) -> None:
        super().__init__(message)
        self.codes = frozenset(codes)
        self.fault = fault


def verify(
    texts: tuple[str, str],
    found: Verdict,
    left: Verdict,
    applied: Iterable[Finding] = (),
    lost: Iterable[str] = (),
) -> None:
    """Raise Reverted if a comment is ``lost``, or something is found or fails that was not before.

    ``texts`` are the file before and after, ``applied`` the findings whose fixes were made between
    the two.
    """
    if comment := next(iter(lost), ""):
        raise Reverted(f"a comment would be lost: {comment}")
    if new := new_codes(found, left, applied, texts):
        raise Reverted(f"a new finding would appear: {new}")
    if failed := new_failure(found, left):
        raise Reverted(failed)


def comments_changed(before: str, after: str) -> tuple[Counter[str], Counter[str]]:
    """Return the comments that one text alone has, and those that the other alone has.

    Python takes long to find the tokens of a text, so only what differs is looked through.
    """
    old, new = differing(before, after)
    had, has = Counter(comments(old)), Counter(comments(new))
    return had - has, has - had


def new_failure(found: Verdict, left: Verdict) -> str:
    """Return which rule fails that did not before, in words, or nothing."""
    failed = {crash.code for crash in found.crashes}
    return next((f"{c.code} fails on the result" for c in left.crashes if c.code not in failed), "")


def new_codes(
    found: Verdict,
    left: Verdict,
    applied: Iterable[Finding] = (),
    texts: tuple[str, str] = ("", ""),
) -> str:
    """Return the codes of findings that were not there before, as a message has them."""
    new = new_findings(found.findings, left.findings, applied, texts)
    return ", ".join(sorted({finding.code for finding in new}))


def new_findings(
    found: Sequence[Finding],
    left: Sequence[Finding],
    applied: Iterable[Finding] = (),
    texts: tuple[str, str] = ("", ""),
) -> list[Finding]:
    """Return the findings of a file that were not there before, wherever its lines moved.

    A finding is the one it was if it says the same in the same scope; or if it is at the place
    where it was, for what else is in the service bears on a message. One that was ``applied`` is
    gone, so another of its rule cannot pass for it; what its rule says it leads to may stand in its
    scope instead. ``texts`` are the file before and after.
    """
    applied = list(applied)
    gone = Counter(map(_said, applied))
    there: list[Finding] = []
    for finding in found:
        if gone[_said(finding)]:
            gone[_said(finding)] -= 1
        else:
            there.append(finding)
    unknown = []
    stayed = Counter(map(_said, there))
    for finding in left:
        if stayed[_said(finding)]:
            stayed[_said(finding)] -= 1
        else:
            unknown.append(finding)
    if not unknown:
        return []
    changed = _Changed(*texts)
    rest = [finding for finding in there if _taken(stayed, finding)]
    new = [finding for finding in unknown if not _found_at_its_place(finding, rest, changed)]
    led_to = Counter((code, f.scope) for f in applied for code in _rule(f.code).leads_to)
    return [finding for finding in new if not _expected(led_to, finding)]


@cache
def _rule(code: str) -> Rule:
    return next(rule for rule in all_rules() if rule.code == code)


def _expected(led_to: Counter[tuple[str, str]], finding: Finding) -> bool:
    led_to[finding.code, finding.scope] -= 1
    return led_to[finding.code, finding.scope] >= 0


def _said(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.scope, finding.message


def _taken(stayed: Counter[tuple[str, str, str]], finding: Finding) -> bool:
    """Take one of the findings that nothing afterwards says again."""
    stayed[_said(finding)] -= 1
    return stayed[_said(finding)] >= 0


def _found_at_its_place(finding: Finding, rest: list[Finding], changed: _Changed) -> bool:
    first, last = changed.lines_before(finding.span.line)
    for other in rest:
        if other.code == finding.code and first <= other.span.line < last:
            rest.remove(other)
            return True
    return False


class _Changed(Struct, frozen=True, dict=True):
    """Two texts, and which line of the one became which of the other."""

    before: str
    after: str

    def lines_before(self, line: int) -> tuple[int, int]:
        """Return the lines that one stands for now (from 1), as the first and the one past them."""
        moved = 0
        for (first, last), (now, end) in self._places:
            if line <= now:
                break
            if line <= end:
                return first + 1, last + 1
            moved = last - end
        return line + moved, line + moved + 1

    @cached_property
    def _places(self) -> list[tuple[Place, Place]]:
        return changed_lines(_lines(self.before), _lines(self.after))


def _lines(text: str) -> list[str]:
    starts = LineMap(text).starts
    return [text[a:b] for a, b in pairwise([*starts, len(text)])]


def comments(text: str) -> list[str]:
    """Return the comments of a text in order, as they stand, without what surrounds them."""
    found: list[str] = []
    if "#" not in text:
        return found
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string.rstrip())
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    return found
