"""Files that nobody would write, made from files that somebody did; each from one number.

The same number gives the same file, so that what fuzzing finds can be looked at again.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

from scripts.tree_mutations import BATCHES, drawn, shuffled

ROOT = Path(__file__).resolve().parent.parent
_WORDS = (
    b"session", b"select", b"company_id", b"await", b"yield", b"lambda", b":=", b"**", b"*",
    b"@", b"(", b")", b"[", b"]", b"{", b"}", b":", b";", b",", b".", b"\\\n", b"\n", b"\r",
    b"\r\n",
    b"\t", b"    ", b"\f", b"#", b"# noqa: TSL301", b'"""', b"'", b'f"{', b"}\"", b"async ",
    b"def f():", b"class A:", b"if x:", b"else:", b"try:", b"except:", b"match x:", b"case _:",
    b"return", b"pass",
    "ä".encode(), "漢字".encode(), "\u2028".encode(), "\U0001f600".encode(), b"\xef\xbb\xbf",
)  # fmt: skip
_CODINGS = (
    b"# coding: latin-1\n", b"# coding: utf-16\n", b"# coding: nothing\n", b"# coding: cp1252\n",
    b"# -*- coding: ascii -*-\n", b"# coding: utf-7\n", b"\n# coding: iso-8859-15\n",
    b"# coding: shift_jis\n", b"# coding: hex\n", b"# coding: idna\n", b"# coding: rot13\n",
    b"# coding: punycode\n", b"# coding: utf-8-sig\n", b"# coding: unicode_escape\n",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Return the files of the fixtures, and the snippets of the tests that are Python."""
    files = sorted((ROOT / "fixtures").rglob("*.py"))
    found = {file.read_bytes() for file in files}
    for test in sorted((ROOT / "tests" / "rules").rglob("*.py")):
        for node in ast.walk(ast.parse(test.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(_snippet(node.value))
    return sorted(found)


def _snippet(text: str) -> Iterator[bytes]:
    plain = dedent(text).replace("«", "").replace("»", "").lstrip("\n")
    if plain.count("\n") < 2:
        return
    try:
        ast.parse(plain)
    except (SyntaxError, ValueError):
        return
    yield plain.encode()


def mutated(number: int, from_: list[bytes]) -> tuple[str, bytes]:
    """Return what was done to make file ``number``, and the file."""
    chance = random.Random(number)
    name, mutate = KINDS[number % len(KINDS)]
    content = mutate(chance.choice(from_), chance, from_)
    while chance.random() < 0.2:
        also, again = chance.choice(KINDS[:-1])
        name, content = f"{name}, {also}", again(content, chance, from_)
    return name, content


def _bytes(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Random bytes put in, taken out, changed."""
    made = bytearray(content)
    for _n in range(chance.randint(1, 6)):
        at = chance.randint(0, len(made))
        end = min(len(made), at + chance.choice((0, 0, 1, 1, 5, 40)))
        made[at:end] = chance.randbytes(chance.choice((0, 1, 1, 3)))
    return bytes(made)


def _words(content: bytes, chance: random.Random, from_: list[bytes]) -> bytes:
    """Words of Python, or pieces of another file, put between words."""
    for _n in range(chance.randint(1, 4)):
        borders = [match.start() for match in re.finditer(rb"\b|\s", content)] or [0]
        at = chance.choice(borders)
        end = chance.choice(borders) if chance.random() < 0.1 else at
        piece = chance.choice(_WORDS)
        if chance.random() < 0.2:
            other = chance.choice(from_)
            start = chance.randint(0, len(other))
            piece = other[start : start + chance.randint(1, 80)]
        content = content[: min(at, end)] + piece + content[max(at, end) :]
    return content


def _tokens(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Tokens swapped, doubled, dropped."""
    tokens = re.findall(rb"\w+|\s+|[^\w\s]", content) or [b""]
    for _n in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        action = chance.randrange(3)
        if action == 0:
            tokens[one], tokens[other] = tokens[other], tokens[one]
        else:
            tokens[one] = tokens[one] * 2 if action == 1 else b""
    return b"".join(tokens)


def _lines(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Lines moved, doubled, dropped, indented otherwise."""
    lines = content.splitlines(keepends=True) or [b""]
    for _n in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        action = chance.randrange(5)
        if action == 0:
            lines.insert(at, chance.choice(lines))
        elif action == 1:
            lines[at] = chance.choice((b" ", b"\t", b"    ", b"\f")) + lines[at]
        elif action == 2:
            lines[at] = lines[at].lstrip()
        elif action == 3:
            lines[at] = lines[at].rstrip(b"\r\n") + chance.choice(
                (b" ", b" \\\n", b"; ", b" # c\n")
            )
        else:
            lines[at] = b""
    return b"".join(lines)


def _ends(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Line ends of several kinds in one file, a byte order mark, no end at all."""
    ends = chance.sample((b"\n", b"\r\n", b"\r", b"\n\n", b"\f\n", b"\x0b\n", b"\n\x0c"), 3)
    parts = content.split(b"\n")
    made = b"".join(part + chance.choice(ends) for part in parts)
    if chance.random() < 0.3:
        made = b"\xef\xbb\xbf" + made
    return made.rstrip(b"\r\n") if chance.random() < 0.3 else made


def _comments(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Comments wherever a line ends, the same line ends or tabs throughout."""
    often = chance.choice((0.05, 0.3, 1.0))
    lines = [
        line + b"  # c%d" % number if line and chance.random() < often else line
        for number, line in enumerate(content.split(b"\n"))
    ]
    made = chance.choice((b"\n", b"\r\n", b"\r")).join(lines)
    return made.replace(b"    ", b"\t") if chance.random() < 0.3 else made


def _nul(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """A NUL, a control character, half of a character."""
    at = chance.randint(0, len(content))
    piece = chance.choice(
        (b"\0", b"\0" * 400, b"\x1a", b"\x1b[2J", b"\xc3", b"\xed\xa0\x80", b"\xff")
    )
    return content[:at] + piece + content[at:]


def _coding(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """A line that says which encoding this is, which may be wrong, and text of another."""
    line = chance.choice(_CODINGS)
    try:
        body = content.decode().encode(
            chance.choice(("utf-8", "latin-1", "utf-16", "cp1252")), "replace"
        )
    except UnicodeDecodeError:
        body = content
    extra = "# Grüße, señor\n".encode(chance.choice(("utf-8", "latin-1")))
    mark = b"\xef\xbb\xbf" if chance.random() < 0.2 else b""
    return mark + line + extra + body


def _huge(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """One line of some hundred thousand characters, or very many lines."""
    count = chance.choice((300, 1_000, 1_000, 10_000)[: chance.choice((2, 3, 3, 4))])
    long = chance.choice(
        (
            b"x = [" + b"1, " * count + b"]\n",
            b"x = '" + b"a" * 20 * count + b"'\n",
            b"# " + b"c" * 20 * count + b"\n",
            b"x = 1" + b"; x = 1" * count + b"\n",
            b"x = 1\n" * count,
            b"\n" * 20 * count,
            b"x = " + b" " * 20 * count + b"1\n",
            b"from a import (" + b"".join(b"n%d, " % n for n in range(count)) + b")\n",
            b"\\\n" * count + b"\n",
        )
    )
    return _between_lines(content, long, chance)


def _deep(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Something nested far deeper than people read."""
    depth = chance.choice((20, 60, 95, 150, 500, 3_000))
    some = min(depth, 120)
    long = chance.choice(
        (
            b"x = " + b"(" * depth + b")" * depth + b"\n",
            b"x = " + b"[" * depth + b"1" + b"]" * depth + b"\n",
            b"x = " + b"-" * depth + b"1\n",
            b"x = " + b"not " * depth + b"y\n",
            b"x = y" + b".a" * depth + b"\n",
            b"x = y" + b"(1)" * depth + b"\n",
            b"x = 1" + b" + 1" * depth + b"\n",
            b"x = " + b"lambda: " * depth + b"1\n",
            b"x = " + b"1 if y else " * depth + b"1\n",
            b"".join(b" " * n + b"if x:\n" for n in range(some)) + b" " * some + b"pass\n",
            b"".join(b" " * n + b"def f():\n" for n in range(some)) + b" " * some + b"pass\n",
            b"".join(b" " * n + b"class A:\n" for n in range(some)) + b" " * some + b"pass\n",
            b"if x:\n    pass\n" + b"elif x:\n    pass\n" * depth,
            b"x: " + b"list[" * depth + b"int" + b"]" * depth + b" = 1\n",
            b"q = select(A)" + b".where(A.b == 1)" * depth + b"\n",
            b"@a\n" * depth + b"def f(): pass\n",
        )
    )
    return _between_lines(content, long, chance)


def _between_lines(content: bytes, piece: bytes, chance: random.Random) -> bytes:
    starts = [0, *(match.end() for match in re.finditer(rb"\n(?=\S)", content))]
    at = chance.choice(starts)
    return content[:at] + piece + content[at:]


def _cut(content: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """The beginning of a file, or the end."""
    at = chance.randint(0, len(content))
    return content[:at] if chance.random() < 0.7 else content[at:]


def _nodes(content: bytes, chance: random.Random, from_: list[bytes]) -> bytes:
    """Statements and expressions in each other's place, lines where libcst cannot read it."""
    made = shuffled(content, chance)
    return _lines(content, chance, from_) if made is None else made


def _grammar(content: bytes, chance: random.Random, from_: list[bytes]) -> bytes:
    """What hypothesmith draws from Python's grammar, behind a file; without it, other nodes."""
    texts = drawn(chance.randrange(BATCHES))
    if not texts:
        return _nodes(content, chance, from_)
    piece = b"".join(chance.choice(texts).encode("utf-8", "replace") for _n in range(3))
    return piece if chance.random() < 0.3 else _between_lines(content, piece + b"\n", chance)


Mutation = Callable[[bytes, random.Random, list[bytes]], bytes]
KINDS: tuple[tuple[str, Mutation], ...] = (
    ("bytes", _bytes),
    ("words", _words),
    ("nodes", _nodes),
    ("tokens", _tokens),
    ("lines", _lines),
    ("line ends", _ends),
    ("comments", _comments),
    ("NUL", _nul),
    ("coding", _coding),
    ("huge", _huge),
    ("nested", _deep),
    ("cut", _cut),
    ("nodes again", _nodes),
    ("comments and nodes", lambda *file: _comments(_nodes(*file), *file[1:])),
    ("grammar", _grammar),
)
"""What can be done to a file, by name; the last is too slow to be done twice."""
