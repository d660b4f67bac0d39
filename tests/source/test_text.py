import codecs

import pytest

from turnstay_lint.source.text import Text, UnreadableText, decode, newline_of


def test_utf8_without_a_word_of_it() -> None:
    assert decode("x = 'é'\r\n".encode()) == Text("x = 'é'\r\n", "utf-8", False)


def test_a_byte_order_mark_is_no_part_of_the_text_and_comes_back() -> None:
    content = codecs.BOM_UTF8 + "x = 'é'\n".encode()
    text = decode(content)
    assert text.text == "x = 'é'\n"
    assert text.encode(text.text) == content


@pytest.mark.parametrize(
    "head",
    [
        b"# coding: latin-1\n",
        b"# -*- coding: latin-1 -*-\n",
        b"# vim: set fileencoding=latin-1 :\n",
        b"#!/usr/bin/env python\n# coding: latin-1\n",
        b"#!/usr/bin/env python\r# coding: latin-1\r",
        b"\n# coding: latin-1\n",
        b"\x0c\t# coding: latin-1\n",
        b"# \xe9 comes before it is known what it is\n# coding: latin-1\n",
    ],
)
def test_a_declared_encoding(head: bytes) -> None:
    content = head + b"x = '\xe9'\n"
    text = decode(content)
    assert text.text.endswith("x = 'é'\n")
    assert text.encode(text.text) == content
    compile(content, "x.py", "exec")


@pytest.mark.parametrize(
    "head",
    [
        b"x = 1\n# coding: latin-1\n",
        b"\n\n# coding: latin-1\n",
        b"'''\n# coding: latin-1\n'''\n",
        b"x = '# coding: latin-1'\n",
    ],
)
def test_what_only_looks_like_a_declaration(head: bytes) -> None:
    assert decode(head + "x = 'é'\n".encode()).encoding == "utf-8"
    with pytest.raises(UnreadableText, match="utf-8"):
        decode(head + b"x = '\xe9'\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x = '\xff'\n", "cannot be decoded as utf-8"),
        (b"# coding: no-such-thing\n", "no-such-thing"),
        (b"# coding: rot13\n", "rot-13"),
        (b"# coding: hex\n", "hex"),
        (b"# coding: undefined\nx = 1\n", "undefined"),
        (b"# coding: punycode\nx = 1\n", "punycode"),
        (b"# coding: ascii\nx = '\xe9'\n", "ascii"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "iso8859-1"),
        (b"x = 1\n\0\n", "NUL"),
        (codecs.BOM_UTF16_LE + "x = 1\n".encode("utf-16-le"), "cannot be decoded"),
    ],
)
def test_bytes_that_are_no_python_text(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableText, match=reason):
        decode(content)


def test_utf8_under_its_other_names() -> None:
    for name in (b"utf8", b"UTF-8", b"utf_8", b"utf-8-sig", b"U8"):
        assert decode(b"# coding: " + name + b"\n").encoding == "utf-8"
    assert decode(codecs.BOM_UTF8 + b"# coding: utf-8\n").bom


def test_an_encoding_that_cannot_say_it() -> None:
    with pytest.raises(UnicodeEncodeError):
        decode(b"# coding: latin-1\n").encode("€")


def test_an_encoding_that_would_escape_line_ends() -> None:
    text = decode(b"# coding: unicode_escape\nx = 1\r\n")
    assert text.text == "# coding: unicode_escape\nx = 1\r\n"
    with pytest.raises(UnicodeEncodeError, match="line ends would be escaped"):
        text.encode(text.text)


def test_the_newline_of_a_text_is_its_first() -> None:
    assert newline_of("a\r\nb\n") == "\r\n"
    assert newline_of("a\rb\n") == "\r"
    assert newline_of("a\nb\r\n") == "\n"
    assert newline_of("no end") == "\n"
