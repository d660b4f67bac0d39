from textwrap import dedent

import pytest

from tests.harness import Check

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n"
BASE = """
from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass

"""
COLUMNS = 'sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(9))'
CREATE = f'op.create_table("guests", {COLUMNS})'
GUEST = """
class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""


def revisions(*upgrades: str, before: str = "") -> dict[str, str]:
    """Return a chain of revisions, each of which does some lines."""
    found = {}
    for number, lines in enumerate(upgrades, 1):
        parent = f'"{number - 1}"' if number > 1 else None
        body = "".join(f"    {line}\n" for line in dedent(lines).strip().split("\n"))
        found[f"alembic/versions/{number}_change.py"] = (
            f'{HEAD}{before}\nrevision = "{number}"\ndown_revision = {parent}\n\n\n'
            f"def upgrade():\n{body}\n\ndef downgrade():\n    raise NotImplementedError\n"
        )
    return found


def check(*upgrades: str, before: str = "", others: dict[str, str] | None = None) -> Check:
    service = {**revisions(*upgrades, before=before), **(others or {})}
    return Check("TSL909", path="app/models.py", others=service)


def flags(checked: Check, models: str, message: str) -> None:
    reason = "`alembic revision --autogenerate`"
    checked.flags(BASE + dedent(models), after=None, reason=reason, message=message)


def silent(checked: Check, models: str = GUEST) -> None:
    checked.clean(BASE + dedent(models))


def test_a_column_that_no_revision_adds() -> None:
    models = f"{GUEST}    «email: Mapped[str | None] = mapped_column(String(255))»\n"
    flags(check(CREATE), models, "no revision adds the column `guests.email`")
    silent(
        check(CREATE, 'op.add_column("guests", sa.Column("email", sa.String(255)))'),
        models.replace("«", "").replace("»", ""),
    )


def test_a_table_that_no_revision_creates() -> None:
    models = """
    «class Booking(Base):»
        __tablename__ = "bookings"

        id: Mapped[int] = mapped_column(primary_key=True)
    """
    flags(check(CREATE), models, "no revision creates the table `bookings`")


def test_the_name_in_the_table_is_what_counts() -> None:
    models = f'{GUEST}    «mail: Mapped[str] = mapped_column("email", String(255))»\n'
    flags(check(f'{CREATE}\nop.add_column("guests", sa.Column("mail"))'), models, "guests.email")


def test_a_column_of_a_mixin_is_found_at_the_class() -> None:
    models = """
    class Stamped:
        created_at: Mapped[str] = mapped_column(String(9))


    «class Guest(Stamped, Base):»
        __tablename__ = "guests"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
    """
    flags(check(CREATE), models, "guests.created_at")


def test_a_table_by_itself() -> None:
    models = """
    «stays = Table("stays", Base.metadata, Column("id", Integer))»
    guests = Table("guests", Base.metadata, Column("id", Integer), Column("name", String(9)))
    """
    flags(check(CREATE), models, "creates the table `stays`")
    models = """
    «guests = Table("guests", Base.metadata, Column("id", Integer), Column("email", String(9)))»
    """
    flags(check(CREATE), models, "adds the column `guests.email`")


def test_a_class_with_a_table_of_its_own_making() -> None:
    models = """
    «class Guest(Base):»
        __table__ = Table("guests", Base.metadata, Column("id", Integer), Column("email", Integer))
    """
    flags(check(CREATE), models, "guests.email")


def test_inherited_columns_are_on_the_table_of_the_parent() -> None:
    vip = """

    class Vip(Guest):
        __tablename__ = "vips"

        id: Mapped[int] = mapped_column(primary_key=True)
        {}


    class Regular(Guest):
        visits: Mapped[int]
    """
    create = 'op.create_table("vips", sa.Column("id"), sa.Column("level"))'
    done = check(f'{CREATE}\n{create}\nop.add_column("guests", sa.Column("visits"))')
    silent(done, GUEST + dedent(vip.format("level: Mapped[int]")))
    flags(done, GUEST + dedent(vip.format("«rank: Mapped[int]»")), "vips.rank")


def test_names_that_a_base_computes() -> None:
    models = """
    class Named(Base):
        __abstract__ = True

        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower() + "s"


    class Guest(Named):
        id: Mapped[int] = mapped_column(primary_key=True)
        «email: Mapped[str]»


    class Unheard(Named):
        id: Mapped[int] = mapped_column(primary_key=True)
    """
    flags(check(CREATE), models, "guests.email")


@pytest.mark.parametrize(
    "upgrade",
    [
        f'op.create_table("visitors", {COLUMNS})\nop.rename_table("visitors", "guests")',
        f'op.create_table("a", {COLUMNS})\nop.rename_table("b", "guests")\n'
        'op.rename_table("a", "b")',
        'op.create_table("guests", sa.Column("id"), sa.Column("title"))\n'
        'op.alter_column("guests", "title", new_column_name="name")',
        'op.execute("CREATE TABLE guests (id int, name text)")',
        'op.execute("CREATE TABLE public.guests (id int)")\n'
        'op.execute("ALTER TABLE guests ADD COLUMN name text")',
        'op.execute("CREATE TABLE guests (LIKE others)")',
        'op.execute("CREATE TABLE guests AS SELECT * FROM others")',
        'op.execute("CREATE TABLE guests () INHERITS (others)")',
        'op.create_table("guests", *columns())',
        'op.create_table("guests", sa.Column("id"), *[sa.Column(n) for n in names()])',
        'for table in ("guests", "others"):\n'
        '    op.create_table(table, sa.Column("id"), sa.Column("name"))',
        'op.create_table("guests", sa.Column("id"))\n'
        'for table in tables():\n    op.add_column(table, sa.Column("name"))',
        'op.create_table(name(), sa.Column("id"), sa.Column("name"))',
        "Frozen.__table__.create(op.get_bind())",
        "frozen.create(op.get_bind())",
        "if tables():\n    " + CREATE,
        'with op.batch_alter_table("guests") as batch_op:\n'
        '    batch_op.add_column(sa.Column("name"))\n'
        'op.create_table("guests", sa.Column("id"))',
        "Base.metadata.create_all(op.get_bind())",
        "op.execute(sql())",
        'op.create_table("guests", sa.Column("id"))\n'
        'op.execute("DO $$ BEGIN ALTER TABLE guests ADD name text; END $$")',
        'op.create_table("guests", sa.Column("id"))\nadd_columns("guests")',
    ],
)
def test_ways_in_which_a_column_may_come_to_be(upgrade: str) -> None:
    before = (
        "from app.tools import Base, add_columns, columns, name, names, sql, tables\n\n\n"
        'class Frozen(Base):\n    __tablename__ = "guests"\n\n\n'
        'frozen = sa.Table("guests", sa.MetaData(), sa.Column("id"), sa.Column("name"))\n'
    )
    tools = (
        "from alembic import op\n\n\ndef add_columns(table):\n    op.add_column(table, column())\n\n\n"
        + "".join(f"def {name}(): ...\n" for name in ("columns", "name", "names", "sql", "tables"))
    )
    silent(check(upgrade, before=before, others={"app/tools.py": tools}))


def test_what_could_not_be_read_but_does_not_speak_of_it() -> None:
    unread = 'op.execute("DO $$ BEGIN UPDATE others SET x = 1; END $$")\nlog.info("done")'
    models = f"{GUEST}    «email: Mapped[str]»\n"
    flags(check(CREATE, unread, before="from loguru import log\n"), models, "guests.email")


def test_helpers_that_make_nothing() -> None:
    models = f"{GUEST}    «email: Mapped[str]»\n"
    tools = {"app/tools.py": "def slug(text):\n    return text\n"}
    checked = check(f'{CREATE}\nslug("a")', before="from app.tools import slug\n", others=tools)
    flags(checked, models, "guests.email")


def test_a_schema() -> None:
    models = """
    «class Guest(Base):»
        __tablename__ = "guests"
        __table_args__ = {"schema": "hotel"}

        id: Mapped[int] = mapped_column(primary_key=True)
    """
    plain = models.replace("«", "").replace("»", "")
    silent(check(CREATE.replace(")]", "")[:-1] + ', schema="hotel")'), plain)
    silent(check(CREATE), plain)
    flags(check(CREATE[:-1] + ', schema="other")'), models, "`hotel.guests`")


def test_a_chain_with_a_gap() -> None:
    models = f"{GUEST}    email: Mapped[str]\n"
    others = revisions(CREATE, "pass")
    others.pop("alembic/versions/1_change.py")
    silent(Check("TSL909", path="app/models.py", others=others), models)


def test_a_revision_whose_parent_is_not_literal() -> None:
    models = f"{GUEST}    email: Mapped[str]\n"
    others = {
        path: text.replace("down_revision = None", "down_revision = parent()")
        for path, text in revisions(CREATE).items()
    }
    silent(Check("TSL909", path="app/models.py", others=others), models)


def test_a_service_without_revisions() -> None:
    silent(Check("TSL909", path="app/models.py"))


def test_models_of_tests_and_of_migrations() -> None:
    silent(check(CREATE).with_(path="tests/models.py"), GUEST.replace("guests", "others"))
    silent(check(CREATE).with_(path="alembic/models.py"), GUEST.replace("guests", "others"))


def test_a_class_whose_base_is_not_known() -> None:
    silent(
        check(CREATE), "from elsewhere import Owned\n" + GUEST.replace("(Base)", "(Owned, Base)")
    )
