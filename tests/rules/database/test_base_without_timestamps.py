import pytest

from tests.harness import Check

check = Check("TSL318", path="app/models.py")
IMPORTS = "from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column\n"
MODEL = "\n\nclass Voucher(Base):\n    __tablename__ = 'vouchers'\n    code: Mapped[str] = mapped_column()\n"


@pytest.mark.parametrize(
    "base",
    [
        "«class Base(DeclarativeBase):»\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
        "«class Base(DeclarativeBase):»\n    created_at: Mapped[str] = mapped_column()\n",
        "«class Base(DeclarativeBase):»\n    created: Mapped[str] = mapped_column()\n",
        "Base = «declarative_base()»\n",
        "«class Base(DeclarativeBase): pass»\n",
    ],
)
def test_a_base_whose_models_have_none(base: str) -> None:
    check.flags(f"{IMPORTS}\n\n{base}{MODEL}", after=None, reason="needs a migration")


def test_the_models_are_elsewhere() -> None:
    models = f"from sqlalchemy.orm import Mapped, mapped_column\nfrom app.core.database import Base\n{MODEL}"
    found = check.with_(path="app/core/database.py", others={"app/models.py": models}).flags(
        f"{IMPORTS}\n\n«class Base(DeclarativeBase):»\n    updated_at: Mapped[str] = mapped_column()\n",
        after=None,
        reason="needs a migration",
        message="`Base` gives its models no created_at",
    )
    assert "Voucher has none" in found[0].help


BOTH = (
    "    created_at: Mapped[str] = mapped_column()\n    updated_at: Mapped[str] = mapped_column()\n"
)


@pytest.mark.parametrize(
    "text",
    [
        f"class Base(DeclarativeBase):\n{BOTH}{MODEL}",
        f"class Base(DeclarativeBase):\n    pass\n{MODEL}{BOTH}",
        "class Base(DeclarativeBase):\n    pass\n",
        f"class Times:\n{BOTH}\n\nclass Base(Times, DeclarativeBase):\n    pass\n{MODEL}",
        f"class Base(DeclarativeBase):\n    pass\n\n\nclass Times:\n{BOTH}{MODEL.replace('(Base)', '(Times, Base)')}",
        f"class Root(DeclarativeBase):\n    pass\n\n\nclass Base(Root):\n    __abstract__ = True\n{BOTH}{MODEL}",
        f"class Times:\n{BOTH}\n\nBase = declarative_base(cls=Times)\n{MODEL}",
        f"from somewhere import Mixin\n\n\nclass Base(DeclarativeBase):\n    pass\n{MODEL.replace('(Base)', '(Mixin, Base)')}",
    ],
)  # fmt: skip
def test_models_that_have_them(text: str) -> None:
    check.clean(f"{IMPORTS}\n\n{text}")


def test_bases_of_tests_and_migrations() -> None:
    text = f"{IMPORTS}\n\nclass Base(DeclarativeBase):\n    pass\n{MODEL}"
    check.with_(path="app/tests/conftest.py").clean(text)
    check.with_(path="alembic/versions/0001_x.py").clean(text)


def test_a_picture_of_the_tables_as_they_were() -> None:
    first = f"class Base(DeclarativeBase):\n    pass\n{MODEL}"
    second = "\n\nclass Guest(Base):\n    __tablename__ = 'guests'\n    n: Mapped[int] = mapped_column()\n"
    third = (
        "\n\nclass Stay(Base):\n    __tablename__ = 'stays'\n    n: Mapped[int] = mapped_column()\n"
    )
    now = {"app/models.py": f"{IMPORTS}\n\n{first}{second}{third}"}
    then = check.with_(path="app/db/initial_models.py", others=now)
    then.clean(f"{IMPORTS}\n\n{first}{second}")
    other = third.replace("stays", "rooms")
    marked = first.replace("class Base(DeclarativeBase):", "«class Base(DeclarativeBase):»")
    then.flags(f"{IMPORTS}\n\n{marked}{second}{other}", after=None, reason="needs a migration")
