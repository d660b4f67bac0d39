"""Whether a file uses a name, asked of all names and of one."""

from __future__ import annotations

import pytest

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.name_uses import names_used, uses_any


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("x.y()", True),
        ("print(\n    1,\n    x,\n)", True),
        ("@x\ndef f(): ...", True),
        ("@x.y(1)\nclass A:\n    pass", True),
        ("del x", True),
        ("def f(a: 'x.Y') -> None: ...", True),
        ("__all__ = ['x']", True),
        ("def f(a=x): ...", True),
        ("match y:\n    case x.Z: ...", True),
        ("[a for a in x]", True),
        ("", False),
        ("x = 1", False),
        ("# x is here\n'''x\n'''", False),
        ("y.x", False),
        ("f(x=1)", False),
        ("'not x (really)'", False),
    ],
)
def test_one_name_is_used_where_it_is_among_all(code: str, used: bool) -> None:
    source = SourceFile.from_text("a.py", f"import x\n{code}\n")
    assert uses_any(source, frozenset({"x"})) is used
    assert ("x" in names_used(source)) is used
