"""What a file says to others, before a fix and after it."""

from __future__ import annotations

import pytest

from turnstay_lint.engine.repairing.revisiting import says_the_same
from turnstay_lint.source.file import SourceFile

BEFORE = """\
from sqlalchemy.orm import relationship

LIMIT = 10


class Account:
    company = relationship("Company")

    def name(self) -> str:
        return "a"
"""


def source(text: str) -> SourceFile:
    return SourceFile.from_text("app/models.py", text)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("LIMIT", "# a comment\n\nLIMIT", True),
        ('return "a"', 'return "b"', True),
        ("LIMIT = 10", "LIMIT = 11", False),
        ('"Company"', '"Company", lazy="selectin"', False),
        ("LIMIT = 10\n", "", False),
        ("-> str", "-> int", False),
        ("from sqlalchemy.orm import relationship", "import sqlalchemy.orm", False),
    ],
)
def test_what_a_change_tells_others(old: str, new: str, same: bool) -> None:
    assert says_the_same(source(BEFORE), source(BEFORE.replace(old, new))) is same
