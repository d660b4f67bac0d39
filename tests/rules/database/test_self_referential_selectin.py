import pytest

from tests.harness import Check

check = Check("TSL313", path="app/models.py")

IMPORTS = """\
from sqlalchemy.orm import Mapped, backref, relationship

from app.core.database import Base
"""


@pytest.mark.parametrize("lazy", ['"selectin"', '"joined"', '"subquery"', "False"])
def test_a_class_that_loads_itself_ahead(lazy: str) -> None:
    check.flags(
        f"""
        {IMPORTS.replace(chr(10), chr(10) + " " * 8)}
        class Guest(Base):
            merged = «relationship("Guest", remote_side="Guest.id", lazy={lazy})»
        """,
        after=f"""
        {IMPORTS.replace(chr(10), chr(10) + " " * 8)}
        class Guest(Base):
            merged = relationship(
                "Guest", remote_side="Guest.id", lazy={lazy}, join_depth=1
            )
        """
        if len(lazy) > 8
        else f"""
        {IMPORTS.replace(chr(10), chr(10) + " " * 8)}
        class Guest(Base):
            merged = relationship("Guest", remote_side="Guest.id", lazy={lazy}, join_depth=1)
        """,
        unsafe=True,
        message="loads nothing",
    )


def test_the_class_stands_in_the_annotation() -> None:
    check.flags(
        """
        from sqlalchemy import orm

        class Guest(Base):
            children: orm.Mapped[list["Guest"]] = «orm.relationship(lazy="selectin")»
        """,
        after="""
        from sqlalchemy import orm

        class Guest(Base):
            children: orm.Mapped[list["Guest"]] = orm.relationship(
                lazy="selectin", join_depth=1
            )
        """,
        unsafe=True,
    )


def test_the_reverse_side_of_a_backref() -> None:
    check.flags(
        """
        from sqlalchemy.orm import backref, relationship

        class Guest(Base):
            merged = «relationship(
                "Guest",
                remote_side="Guest.id",
                lazy="raise",
                backref=backref("merged_guests", lazy="selectin"),
            )»
        """,
        after="""
        from sqlalchemy.orm import backref, relationship

        class Guest(Base):
            merged = relationship(
                "Guest",
                remote_side="Guest.id",
                lazy="raise",
                backref=backref("merged_guests", lazy="selectin", join_depth=1),
            )
        """,
        unsafe=True,
        message="reverse side that `Guest.merged` makes",
    )


def test_both_sides_at_once() -> None:
    check.flags(
        """
        from sqlalchemy.orm import backref, relationship

        class Guest(Base):
            merged = «relationship(
                "Guest",
                remote_side="Guest.id",
                lazy="joined",  # one query
                backref=backref("merged_guests", lazy="selectin"),
            )»
        """,
        after="""
        from sqlalchemy.orm import backref, relationship

        class Guest(Base):
            merged = relationship(
                "Guest",
                remote_side="Guest.id",
                lazy="joined",  # one query
                backref=backref("merged_guests", lazy="selectin", join_depth=1),
                join_depth=1,
            )
        """,
        unsafe=True,
    )


def test_sqlmodel_says_it_in_a_dict() -> None:
    check.flags(
        """
        from sqlmodel import Relationship, SQLModel

        class Node(SQLModel, table=True):
            parent: "Node" = «Relationship(sa_relationship_kwargs={"lazy": "joined"})»
        """,
        after="""
        from sqlmodel import Relationship, SQLModel

        class Node(SQLModel, table=True):
            parent: "Node" = Relationship(
                sa_relationship_kwargs={"lazy": "joined", "join_depth": 1}
            )
        """,
        unsafe=True,
    )


def test_sqlmodel_options_that_are_written_elsewhere() -> None:
    check.flags(
        """
        from sqlmodel import Relationship, SQLModel

        OPTIONS = {"lazy": "selectin"}

        class Node(SQLModel, table=True):
            parent: "Node" = «Relationship(sa_relationship_kwargs=OPTIONS)»
        """,
        after=None,
        reason="written elsewhere",
    )


def test_a_constant_says_how_it_loads() -> None:
    check.flags(
        """
        from sqlalchemy.orm import relationship as rel

        EAGER = "selectin"

        class Node(Base):
            parent = «rel("Node", remote_side="Node.id", lazy=EAGER)»
        """,
        after="""
        from sqlalchemy.orm import relationship as rel

        EAGER = "selectin"

        class Node(Base):
            parent = rel("Node", remote_side="Node.id", lazy=EAGER, join_depth=1)
        """,
        unsafe=True,
    )


@pytest.mark.parametrize(
    "declared",
    [
        'relationship("Guest", lazy="selectin", join_depth=2)',
        'relationship("Guest", lazy="selectin", **DEPTH)',
        'relationship("Guest", lazy="select")',
        'relationship("Guest")',
        'relationship("Guest", lazy="raise")',
        'relationship("Guest", lazy="immediate")',
        'relationship("Guest", lazy=how())',
        'relationship("Booking", lazy="selectin")',
        'relationship("Guest", lazy="raise", backref="others")',
        'relationship("Guest", lazy="raise", backref=backref("o", lazy="joined", join_depth=1))',
        'relationship("Guest", lazy="raise", backref=backref("o", lazy="raise"))',
        'relationship("Guest", lazy="raise", backref=backref("o", lazy="joined", **DEPTH))',
        'relationship("Guest", lazy="raise", backref=make("o", lazy="joined"))',
    ],
)
def test_what_is_deep_enough_or_not_loaded_ahead(declared: str) -> None:
    check.clean(f"{IMPORTS}\nclass Guest(Base):\n    merged = {declared}\n")


def test_a_local_name_that_only_looks_like_it() -> None:
    check.clean(
        """
        def relationship(*args, **kwargs):
            return None

        class Guest(Base):
            merged = relationship("Guest", lazy="selectin")
        """
    )


def test_a_synchronous_service_loads_when_it_reads() -> None:
    session = "from sqlalchemy import create_engine\n\nengine = create_engine('sqlite://')\n"
    text = f'{IMPORTS}\nclass Guest(Base):\n    merged = relationship("Guest", lazy="joined")\n'
    check.with_(others={"app/database.py": session}).clean(text)
    assert check.findings(text)


def test_a_migration_has_models_of_its_own() -> None:
    revision = 'revision = "1"\ndown_revision = None\n\ndef upgrade() -> None: ...\n'
    check.with_(path="alembic/versions/1_x.py").clean(
        f'{revision}\n{IMPORTS}\nclass Guest(Base):\n    m = relationship("Guest", lazy="joined")\n'
    )
