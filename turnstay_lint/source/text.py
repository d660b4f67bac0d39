"""From bytes to text and back, losing nothing: encoding, byte order mark, line ends."""

from __future__ import annotations

import codecs

from msgspec import Struct

from turnstay_lint.source.patterns import regex

_COOKIE = regex(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_COMMENT_OR_BLANK = regex(rb"[ \t\f]*(?:#.*)?\Z")
_ANY_LINE_END = regex(r"\r\n|\r|\n")
_LINE_END = regex(rb"\r\n|\r|\n")


class UnreadableText(Exception):
    """The bytes of a file are no Python text; the message says why, in words for its author."""


class Text(Struct, frozen=True):
    """A decoded file: its text without the byte order mark, and what is needed to write it back."""

    text: str
    encoding: str = "utf-8"
    bom: bool = False

    def encode(self, text: str) -> bytes:
        """Return ``text`` as bytes in this file's encoding, with its byte order mark.

        Raises UnicodeEncodeError when the encoding cannot say it, or would write line ends, by
        which Python reads a file before it decodes it, as something else.
        """
        mark = codecs.BOM_UTF8 if self.bom else b""
        content = text.encode(self.encoding)
        if self.encoding != "utf-8":
            for end in "\r\n":
                if content.count(end.encode()) != text.count(end):
                    reason = "line ends would be escaped"
                    raise UnicodeEncodeError(self.encoding, text, 0, len(text), reason)
        return mark + content


def decode(content: bytes) -> Text:
    """Decode a Python file as the interpreter would (PEP 263), line ends kept as they are.

    Raises UnreadableText for an unknown or contradicted encoding, bytes that do not decode,
    and NUL bytes.
    """
    bom = content.startswith(codecs.BOM_UTF8)
    body = content[len(codecs.BOM_UTF8) :] if bom else content
    encoding = _declared_encoding(body) if b"coding" in body else "utf-8"
    if bom and encoding != "utf-8":
        raise UnreadableText(f"begins with UTF-8's byte order mark and says that it is {encoding}")
    try:
        text = body.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise UnreadableText(f"cannot be decoded as {encoding}: {error}") from error
    if "\0" in text:
        raise UnreadableText("holds NUL bytes, so it is no Python source")
    return Text(text, encoding, bom)


def _declared_encoding(body: bytes) -> str:
    """Read the declaration in the first line, or in the second below a comment or blank line."""
    for line in _LINE_END.split(body, maxsplit=2)[:2]:
        declared = _COOKIE.match(line)
        if declared is not None:
            return _known_encoding(declared[1].decode("ascii"))
        if not _COMMENT_OR_BLANK.match(line):
            break
    return "utf-8"


def _known_encoding(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError) as error:
        raise UnreadableText(f"says that its encoding is {declared}, which is unknown") from error
    return "utf-8" if name == "utf-8-sig" else name


def newline_of(text: str) -> str:
    """Return the line end that new lines of this text should have: that of its first line."""
    match = _ANY_LINE_END.search(text)
    return match.group() if match else "\n"
