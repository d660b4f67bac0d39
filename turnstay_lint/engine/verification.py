"""What a fix must never do, held against what it did."""

from __future__ import annotations

import io
import tokenize
from collections import Counter

from turnstay_lint.engine.lint import Verdict


class Reverted(Exception):
    """The fixes of a file led somewhere they must not; the message says where."""


def verify(before: str, after: str, found: Verdict, left: Verdict) -> None:
    """Raise Reverted if a comment is lost, or something is found or fails that was not before."""
    lost = Counter(comments(before)) - Counter(comments(after))
    if lost:
        raise Reverted(f"a comment would be lost: {next(iter(lost))}")
    if new := new_codes(found, left):
        raise Reverted(f"a new finding would appear: {new}")
    if left.crashes and not found.crashes:
        raise Reverted(f"{left.crashes[0].code} fails on the result")


def new_codes(found: Verdict, left: Verdict) -> str:
    """Return the codes of which more is found than before, as a message has them."""
    had = Counter(finding.code for finding in found.findings)
    new = Counter(finding.code for finding in left.findings) - had
    return ", ".join(sorted(new))


def comments(text: str) -> list[str]:
    """Return the comments of a text in order, as they stand, without what surrounds them."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string.rstrip())
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    return found
