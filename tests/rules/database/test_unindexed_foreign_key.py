import pytest

from tests.harness import Check

check = Check("TSL311", path="app/models.py")
IMPORTS = """\
import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Voucher(Base):
    __tablename__ = "vouchers"
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "owner_id: Mapped[int] = «mapped_column(ForeignKey('o.id'))»",
            "owner_id: Mapped[int] = mapped_column(ForeignKey('o.id'), index=True)",
        ),
        (
            "owner_id = «sa.Column(sa.Integer, sa.ForeignKey('o.id'), index=False)»",
            "owner_id = sa.Column(sa.Integer, sa.ForeignKey('o.id'), index=True)",
        ),
    ],
)
def test_a_foreign_key_without_an_index(before: str, after: str) -> None:
    check.flags(f"{IMPORTS}    {before}\n", after=f"{IMPORTS}    {after}\n", unsafe=True)


def test_the_second_column_of_an_index() -> None:
    arguments = "    __table_args__ = (Index('ix', 'name', 'owner_id'),)\n"
    column = "    owner_id: Mapped[int] = {}\n    name: Mapped[str]\n"
    check.flags(
        IMPORTS + arguments + column.format("«mapped_column(ForeignKey('o.id'))»"),
        after=IMPORTS + arguments + column.format("mapped_column(ForeignKey('o.id'), index=True)"),
        unsafe=True,
    )


@pytest.mark.parametrize(
    "body",
    [
        "owner_id: Mapped[int] = mapped_column(ForeignKey('o.id'), index=True)",
        "owner_id: Mapped[int] = mapped_column(ForeignKey('o.id'), unique=True)",
        "owner_id: Mapped[int] = mapped_column(ForeignKey('o.id'), **OPTIONS)",
        "owner_id: Mapped[int] = mapped_column(ForeignKey('o.id'), index=INDEXED)",
        "owner_id: Mapped[int] = mapped_column()",
        "__table_args__ = (Index('ix', 'owner_id', 'id'),)\n    owner_id = mapped_column(ForeignKey('o.id'))",
        "owner_id = mapped_column(ForeignKey('o.id'))\n    __table_args__ = (Index('ix', owner_id), {})",
        "__table_args__ = (UniqueConstraint('owner_id', 'id'),)\n    owner_id = mapped_column(ForeignKey('o.id'))",
        "__table_args__ = made()\n    owner_id = mapped_column(ForeignKey('o.id'))",
    ],
)
def test_what_leads_an_index_or_may_do_so(body: str) -> None:
    check.clean(f"{IMPORTS}    {body}\n")


def test_a_primary_key_leads_with_its_first_column_alone() -> None:
    text = IMPORTS.replace("    id: Mapped[int] = mapped_column(primary_key=True)\n", "    pass\n")
    check.flags(
        f"{text}    a = mapped_column(ForeignKey('a.id'), primary_key=True)\n"
        "    b = «mapped_column(ForeignKey('b.id'), primary_key=True)»\n",
        after=f"{text}    a = mapped_column(ForeignKey('a.id'), primary_key=True)\n"
        "    b = mapped_column(ForeignKey('b.id'), primary_key=True, index=True)\n",
        unsafe=True,
    )
