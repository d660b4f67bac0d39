import pytest

from tests.harness import Check

DATABASE = """
import datetime

from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=func.now())


class PlainBase(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class TimestampMixin:
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
"""
check = Check("TSL312", path="app/models.py", others={"app/core/database.py": DATABASE})
IMPORTS = """
        import datetime

        from sqlalchemy import DateTime
        from sqlalchemy.orm import Mapped, mapped_column

        from app.core.database import Base, PlainBase, TimestampMixin
"""


def test_a_timestamp_that_the_base_has() -> None:
    check.flags(
        """
        import datetime

        from sqlalchemy import Column, DateTime, String
        from app.core.database import Base

        class Account(Base):
            __tablename__ = "accounts"

            «created_at: datetime.datetime = Column(DateTime)»
            name = Column(String)
        """,
        after="""
        from sqlalchemy import Column, String
        from app.core.database import Base

        class Account(Base):
            __tablename__ = "accounts"

            name = Column(String)
        """,
        unsafe=True,
        message="`Account.created_at` is declared again: Base has it",
        scope="Account",
    )


def test_a_declaration_over_several_lines_under_another_name_of_the_base() -> None:
    check.flags(
        """
        from sqlalchemy import Column, DateTime
        from app.core import database as db

        class Account(db.Base):
            __tablename__ = "accounts"
            number = Column(DateTime)
            «updated_at = Column(
                DateTime,
                nullable=True,
            )»
        """,
        after="""
        from sqlalchemy import Column, DateTime
        from app.core import database as db

        class Account(db.Base):
            __tablename__ = "accounts"
            number = Column(DateTime)
        """,
        unsafe=True,
    )


def test_a_mixin_has_it() -> None:
    text = f"""
{IMPORTS}
        class Account(TimestampMixin, PlainBase):
            __tablename__ = "accounts"
            «created_at: Mapped[datetime.datetime] = mapped_column(DateTime)»
            updated_at: Mapped[datetime.datetime] = mapped_column(DateTime)
    """
    found = check.flags(
        text,
        after=text.replace(
            "            «created_at: Mapped[datetime.datetime] = mapped_column(DateTime)»\n", ""
        ),
        unsafe=True,
        message="TimestampMixin",
    )
    assert found[0].related[0].path == "app/core/database.py"


@pytest.mark.parametrize(
    "body",
    [
        "class Account(PlainBase):\n    __tablename__ = 'a'\n    created_at = mapped_column(DateTime)\n",
        "class Account(Base):\n    __tablename__ = 'a'\n    created_at = None\n",
        "class Account(Base):\n    __tablename__ = 'a'\n    archived_at = mapped_column(DateTime)\n",
        "class Account(Base):\n    __tablename__ = 'a'\n    def created_at(self): ...\n",
        "class Account:\n    created_at = mapped_column(DateTime)\n",
        "class Response(Unknown):\n    created_at: str\n",
    ],
)  # fmt: skip
def test_what_declares_nothing_again(body: str) -> None:
    imports = "\n".join(line.strip() for line in IMPORTS.splitlines())
    check.clean(f"{imports}\n\n{body}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    «created_at: Mapped[datetime.datetime]»", "nothing would be left"),
        (
            "    __tablename__ = 'a'\n    «created_at: Mapped[datetime.datetime]»  # by hand",
            "a comment",
        ),
    ],
)
def test_what_cannot_go(body: str, reason: str) -> None:
    imports = "\n".join(line.strip() for line in IMPORTS.splitlines())
    check.flags(f"{imports}\n\nclass Account(Base):\n{body}\n", after=None, reason=reason)
