"""From bytes to text and back, losing nothing: encoding, byte order mark, line ends."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from dataclasses import dataclass

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)


class UnreadableText(Exception):
    """The bytes of a file are no Python text; the message says why, in words for its author."""


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file: its text without the byte order mark, and what is needed to write it back."""

    text: str
    encoding: str = "utf-8"
    bom: bool = False

    def encode(self, text: str) -> bytes:
        """Return ``text`` as bytes in this file's encoding, with its byte order mark.

        Raises UnicodeEncodeError when the encoding cannot say it.
        """
        mark = codecs.BOM_UTF8 if self.bom else b""
        return mark + text.encode(self.encoding)


def decode(content: bytes) -> Text:
    """Decode a Python file as the interpreter would (PEP 263), line ends kept as they are.

    Raises UnreadableText for an unknown or contradicted encoding, bytes that do not decode,
    and NUL bytes.
    """
    bom = content.startswith(codecs.BOM_UTF8)
    body = content[len(codecs.BOM_UTF8) :] if bom else content
    encoding = "utf-8"
    if _COOKIE.search(b"\n".join(re.split(rb"\r\n|\r|\n", body[:1000], maxsplit=2)[:2])):
        encoding = _declared_encoding(content)
    try:
        text = body.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableText(f"cannot be decoded as {encoding}: {error}") from error
    if "\0" in text:
        raise UnreadableText("holds NUL bytes, so it is no Python source")
    return Text(text, encoding, bom)


def _declared_encoding(content: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        raise UnreadableText(str(error.msg)) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def newline_of(text: str) -> str:
    """Return the line end that new lines of this text should have: that of its first line."""
    match = re.search(r"\r\n|\r|\n", text)
    return match.group() if match else "\n"
