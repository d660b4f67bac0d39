"""How SQLModel's Relationship is told how to load (TSL306)."""

from textwrap import dedent

from tests.rules.database.declared_relationships import check


def test_options_of_sqlmodel_in_every_form() -> None:
    source = """
    from sqlmodel import Relationship, SQLModel


    class Node(SQLModel, table=True):
        a: list["A"] = Relationship(sa_relationship_kwargs={})
        b: list["B"] = Relationship(sa_relationship_kwargs={"lazy": "noload"})
        c: list["C"] = Relationship(
            sa_relationship_kwargs={
                "uselist": True,  # many
            }
        )
        d: list["Node"] = Relationship(sa_relationship_kwargs={"remote_side": "Node.id"})
        e: list["E"] = Relationship(sa_relationship_kwargs={"backref": "n", "lazy": False})
    """
    assert check.fixed(dedent(source), unsafe=True) == dedent(
        """
    from sqlalchemy.orm import backref
    from sqlmodel import Relationship, SQLModel


    class Node(SQLModel, table=True):
        a: list["A"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
        b: list["B"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
        c: list["C"] = Relationship(
            sa_relationship_kwargs={
                "uselist": True,  # many
                "lazy": "selectin",
            }
        )
        d: list["Node"] = Relationship(
            sa_relationship_kwargs={
                "remote_side": "Node.id",
                "lazy": "selectin",
                "join_depth": 1,
            }
        )
        e: list["E"] = Relationship(
            sa_relationship_kwargs={"backref": backref("n", lazy="selectin"), "lazy": False}
        )
    """
    )


def test_sqlmodel() -> None:
    check.flags(
        """
        from sqlmodel import Relationship, SQLModel


        class Company(SQLModel, table=True):
            accounts: list["Account"] = «Relationship(back_populates="company")»
            guests: list["Guest"] = «Relationship(sa_relationship_kwargs={"uselist": True})»
            rooms: list["Room"] = «Relationship(sa_relationship_kwargs=dict(lazy="select"))»
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
            keys: list["Key"] = Relationship(sa_relationship_kwargs={**common})
        """,
        after="""
        from sqlmodel import Relationship, SQLModel


        class Company(SQLModel, table=True):
            accounts: list["Account"] = Relationship(
                back_populates="company", sa_relationship_kwargs={"lazy": "selectin"}
            )
            guests: list["Guest"] = Relationship(
                sa_relationship_kwargs={"uselist": True, "lazy": "selectin"}
            )
            rooms: list["Room"] = Relationship(sa_relationship_kwargs=dict(lazy="selectin"))
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
            keys: list["Key"] = Relationship(sa_relationship_kwargs={**common})
        """,
    )


def test_sqlmodel_with_options_that_several_share() -> None:
    check.flags(
        """
        from sqlmodel import Relationship, SQLModel

        SHARED = {"uselist": True}


        class Company(SQLModel, table=True):
            accounts: list["Account"] = «Relationship(sa_relationship_kwargs=SHARED)»
        """,
        after=None,
        reason="written elsewhere",
    )


def test_sqlmodel_with_a_relationship_of_sqlalchemy() -> None:
    check.flags(
        """
        from sqlalchemy.orm import relationship
        from sqlmodel import Relationship, SQLModel


        class Company(SQLModel, table=True):
            rooms: list["Room"] = Relationship(sa_relationship=«relationship("Room")»)
        """,
        after="""
        from sqlalchemy.orm import relationship
        from sqlmodel import Relationship, SQLModel


        class Company(SQLModel, table=True):
            rooms: list["Room"] = Relationship(
                sa_relationship=relationship("Room", lazy="selectin")
            )
        """,
        message="`Company.rooms`",
    )
