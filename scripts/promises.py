"""What every fixed file must keep, held against the file that it was; for the ecosystem, for
fuzzing, and for the properties that the tests hold over generated services.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from turnstay_lint.engine.mending.verification import comments
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.class_renaming import RenameClass
from turnstay_lint.source.text import decode

WIDTHS = (88, 100, 120, 79, 99, 110, 140)
"""Line lengths that people set black to."""


def broken(
    before: bytes, after: bytes, findings: Iterable[Finding], widths: Collection[int] = ()
) -> Iterator[str]:
    """Yield in words which promises a fix broke; ``widths`` are black's to try.

    ``findings`` are those of the file before, and those of others whose fix changed it.
    """
    if before == after:
        return
    try:
        tree = parsed(after)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield f"does not parse: {error}"
        return
    del tree
    old, new = decode(before), decode(after)
    if (old.encoding, old.bom) != (new.encoding, new.bom):
        yield "its encoding or byte order mark is another"
    lost = Counter(comments(old.text)) - Counter(comments(new.text))
    if lost:
        yield f"lost a comment: {next(iter(lost))}"
    if line := untouchable(old.text, new.text, findings):
        yield f"changed line {line}, which no finding speaks of"
    if line_ends(new.text) - line_ends(old.text):
        yield f"has line ends {line_ends(new.text)} where it had {line_ends(old.text)}"
    width = black_width(old.text, widths)
    if width and not black_stable(new.text, width):
        yield f"is not as black has it, which it was at {width}"


def parsed(content: bytes) -> ast.Module:
    """Parse without the warnings of careless strings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(content)


def line_ends(text: str) -> set[str]:
    """Return the line ends of a text; one without any may have every one."""
    found = {
        end
        for end in ("\r\n", "\r", "\n")
        if end in text.replace("\r\n", "" if len(end) == 1 else "\r\n")
    }
    return found or {"\r\n", "\r", "\n"}


def untouchable(before: str, after: str, findings: Iterable[Finding]) -> int:
    """Return a line that was changed though nothing was found near it, or 0.

    Near is the same statement of the module (a function, a class), or an import with the comments
    that stand between imports. What a fix calls otherwise may be called so anywhere.
    """
    findings = list(findings)
    renamed = _renaming(findings)
    lines = [_split(before), _split(after)]
    allowed = set(_near(before, set(_lines(findings))))
    matcher = difflib.SequenceMatcher(None, *lines, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag in ("replace", "delete"):
            now = {_words(line) for line in lines[1][new_first:new_last]}
            now.add(_words(" ".join(lines[1][new_first:new_last])))
            if _words(renamed(" ".join(lines[0][first:last]))) in now:
                continue
            for line in range(first + 1, last + 1):
                if _words(renamed(lines[0][line - 1])) in now:
                    continue
                if line not in allowed and lines[0][line - 1].strip():
                    return line
    return 0


def _lines(findings: Iterable[Finding]) -> Iterator[int]:
    """Yield the lines that findings speak of: their own, and what they show besides in the file."""
    for finding in findings:
        yield finding.span.line
        yield from (one.span.line for one in finding.related if one.path == finding.path)


def _renaming(findings: Iterable[Finding]) -> Callable[[str], str]:
    """Return what gives classes that fixes rename their new names, wherever a text has them."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    plans = [plan for fix in fixes for plan in (fix.plan, *(part.plan for part in fix.elsewhere))]
    names = {plan.old: plan.new for plan in plans if isinstance(plan, RenameClass)}
    return lambda text: re.sub(r"\w+", lambda word: names.get(word[0], word[0]), text)


def _words(text: str) -> str:
    """Leave out what only lays a text out."""
    return re.sub(r"[\s(),]", "", text)


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _near(text: str, found: set[int]) -> Iterator[int]:
    tree = parsed(text.encode("utf-8", "surrogatepass"))
    lines = _split(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            first = node.lineno
            while first > 1 and lines[first - 2].strip()[:1] in ("", "#"):
                first -= 1
            yield from range(first, (node.end_lineno or node.lineno) + 1)
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in (statement, *decorators))
        whole = range(first, (statement.end_lineno or first) + 1)
        if not found.isdisjoint(whole):
            yield from whole


def black_width(text: str, widths: Collection[int]) -> int:
    """Return the width at which black leaves a text as it is, or 0."""
    return next((width for width in widths if black_stable(text, width)), 0)


def black_stable(text: str, width: int) -> bool:
    """Tell whether black would leave a text as it is."""
    import black

    try:
        return black.format_str(text, mode=black.Mode(line_length=width)) == text
    except Exception:  # what black cannot read is not as black has it
        return False
