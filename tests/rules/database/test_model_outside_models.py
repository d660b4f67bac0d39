import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

DATABASE = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
"""
check = Check("TSL317", path="app/api/utils/vouchers.py", others={"app/core/database.py": DATABASE})
MODEL = """
from sqlalchemy import Column, String
from app.core.database import Base as Model

class Voucher(Model):
    __tablename__ = "vouchers"
    code = Column(String)
"""
MARKED = MODEL.replace("class Voucher(Model):", "«class Voucher(Model):»")


def test_a_model_among_the_utilities() -> None:
    check.flags(MARKED, after=None, reason="is a decision", scope="Voucher")


def test_a_model_of_a_base_of_its_own_in_one_line() -> None:
    check.flags(
        """
        from sqlalchemy import orm

        Base = orm.declarative_base()

        «class Voucher(Base): __tablename__ = "vouchers"; code = orm.mapped_column()»
        """,
        after=None,
        reason="is a decision",
    )


def test_a_model_of_sqlmodel() -> None:
    check.flags(
        """
        import sqlmodel

        «class Voucher(sqlmodel.SQLModel, table=True):»
            id: int = sqlmodel.Field(primary_key=True)
        """,
        after=None,
        reason="is a decision",
    )


@pytest.mark.parametrize(
    "path",
    [
        "app/models.py",
        "app/models/voucher.py",
        "app/vouchers/models.py",
        "app/db/voucher_models.py",
        "app/orm/voucher.py",
        "app/tests/test_base.py",
        "alembic/versions/0001_create.py",
        "scripts/import_vouchers.py",
    ],
)
def test_where_models_may_be(path: str) -> None:
    check.with_(path=path).clean(MODEL)


def test_another_name_of_the_models_package() -> None:
    settings = Settings(models_modules=("tables",))
    check.with_(path="app/tables/voucher.py", settings=settings).clean(MODEL)
    assert check.with_(path="app/models.py", settings=settings).findings(MODEL)


@pytest.mark.parametrize(
    "text",
    [
        "class Voucher(Base):\n    code: Mapped[str] = mapped_column(String(20))\n",
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
        "from app.core.database import Base\n\n\nclass Abstract(Base):\n    __abstract__ = True\n    code = mapped_column()\n",
        "from pydantic import BaseModel\n\n\nclass Voucher(BaseModel):\n    code: str\n",
        "from sqlmodel import Field, SQLModel\n\n\nclass VoucherIn(SQLModel):\n    code: str = Field()\n",
        "from typing import TYPE_CHECKING\nfrom sqlalchemy.orm import Mapped\nfrom app.core.database import Base\n\nif TYPE_CHECKING:\n\n    class Voucher(Base):\n        __tablename__ = 'v'\n        code: Mapped[str]\n",
        "from sqlalchemy.orm import mapped_column\nfrom app.core.database import Base\n\n\ndef make():\n    class Voucher(Base):\n        __tablename__ = 'v'\n        code = mapped_column()\n\n    return Voucher\n",
    ],
)  # fmt: skip
def test_what_is_no_model_of_the_service(text: str) -> None:
    check.clean(text)


EVENT = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column()
"""
HEIR = """
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from app.models import Event

"""


def test_a_heir_that_says_only_types() -> None:
    heirs = check.with_(path="app/events/system.py", others={"app/models.py": EVENT})
    typed = "    if TYPE_CHECKING:\n        kind: Mapped[str]\n"
    heirs.clean(f'{HEIR}\nclass Paid(Event):\n    """Paid."""\n\n{typed}')
    for more in ("    __mapper_args__ = {}\n", "    def pay(self): ...\n"):
        heirs.flags(
            f"{HEIR}\n«class Paid(Event):»\n{typed}\n{more}", after=None, reason="is a decision"
        )
    heirs.flags(f"{HEIR}\n«class Paid(Event):»\n    pass\n", after=None, reason="is a decision")


def test_a_base_that_names_the_tables_of_its_models() -> None:
    check.clean(
        """
        from sqlalchemy.orm import DeclarativeBase, declared_attr

        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls):
                return cls.__name__.lower()
        """
    )
