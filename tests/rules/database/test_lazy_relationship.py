"""Where TSL306 fires, and what its fix writes."""

import pytest

from tests.rules.database.declared_relationships import HEAD, check, declared
from turnstay_lint.project.settings import Settings


def test_a_relationship_that_says_nothing() -> None:
    check.flags(
        """
        from sqlalchemy.orm import DeclarativeBase, Mapped, relationship as rel


        class Company(DeclarativeBase):
            accounts: Mapped[list["Account"]] = «rel("Account", back_populates="company")»
        """,
        after="""
        from sqlalchemy.orm import DeclarativeBase, Mapped, relationship as rel


        class Company(DeclarativeBase):
            accounts: Mapped[list["Account"]] = rel(
                "Account", back_populates="company", lazy="selectin"
            )
        """,
        scope="Company",
        message="`Company.accounts`",
    )


@pytest.mark.parametrize("value", ['"select"', "True", '"noload"', "None"])
def test_a_strategy_that_loads_on_access_or_never(value: str) -> None:
    check.flags(
        declared(f'accounts = «relationship("Account", lazy={value})»'),
        after=declared('accounts = relationship("Account", lazy="selectin")'),
    )


def test_dynamic_is_a_query() -> None:
    check.flags(
        declared('accounts = «relationship("Account", lazy="dynamic")»'),
        after=declared('accounts = relationship("Account", lazy="selectin")'),
        unsafe=True,
        message="sends a query whenever it is read",
    )


@pytest.mark.parametrize(
    "value",
    [
        '"selectin"', '"joined"', '"subquery"', '"immediate"', "False", '"raise"',
        '"raise_on_sql"', '"write_only"', "how()", "settings.LAZY",
    ],
)  # fmt: skip
def test_a_strategy_that_never_loads_on_access(value: str) -> None:
    check.clean(declared(f'accounts = relationship("Account", lazy={value})'))


def test_viewonly_is_no_excuse() -> None:
    check.flags(
        declared('accounts = «relationship("Account", viewonly=True)»'),
        after=declared('accounts = relationship("Account", viewonly=True, lazy="selectin")'),
    )


def test_keywords_from_elsewhere_may_say_it() -> None:
    check.clean(declared('accounts = relationship("Account", **options)'))


@pytest.mark.parametrize("wrapper", ["WriteOnlyMapped", "DynamicMapped"])
def test_an_annotation_that_says_how(wrapper: str) -> None:
    check.clean(
        f"""
        from sqlalchemy.orm import {wrapper}, relationship


        class Company(Base):
            accounts: {wrapper}["Account"] = relationship(back_populates="company")
        """
    )


def test_a_constant_that_says_how() -> None:
    head = f'{HEAD}\nLAZY = "select"\nEAGER = "selectin"\n\n'
    check.flags(
        declared('accounts = «relationship("Account", lazy=LAZY)»', head),
        after=declared('accounts = relationship("Account", lazy="selectin")', head),
    )
    check.clean(declared('accounts = relationship("Account", lazy=EAGER)', head))


def test_a_constant_of_another_module() -> None:
    there = check.with_(others={"app/constants.py": 'LAZY = "select"\nEAGER = "selectin"\n'})
    head = f"{HEAD}from app.constants import EAGER, LAZY\n\n"
    there.flags(
        declared('accounts = «relationship("Account", lazy=LAZY)»', head),
        after=declared('accounts = relationship("Account", lazy="selectin")', head),
    )
    there.clean(declared('accounts = relationship("Account", lazy=EAGER)', head))


def test_a_relationship_that_the_project_re_exports() -> None:
    there = check.with_(
        others={"app/core/orm.py": "from sqlalchemy.orm import relationship as linked\n"}
    )
    head = "from app.core.orm import linked\n\n"
    there.flags(
        declared('accounts = «linked("Account")»', head),
        after=declared('accounts = linked("Account", lazy="selectin")', head),
    )


def test_declared_attr_and_old_names() -> None:
    check.flags(
        """
        from sqlalchemy import orm


        class Owned:
            @orm.declared_attr
            def company(cls):
                return «orm.relationship("Company", backref="things")»

            notes = «orm.relation("Note")»
        """,
        after="""
        from sqlalchemy import orm


        class Owned:
            @orm.declared_attr
            def company(cls):
                return orm.relationship(
                    "Company", backref=orm.backref("things", lazy="selectin"), lazy="selectin"
                )

            notes = orm.relation("Note", lazy="selectin")
        """,
    )


def test_dynamic_loader() -> None:
    check.flags(
        declared('accounts = «orm.dynamic_loader("Account")»', "from sqlalchemy import orm\n\n"),
        after=declared(
            'accounts = orm.relationship("Account", lazy="selectin")',
            "from sqlalchemy import orm\n\n",
        ),
        unsafe=True,
    )


def test_dynamic_loader_by_its_bare_name() -> None:
    head = "from sqlalchemy.orm import {}\n\n\nclass Base: ...\n\n"
    check.flags(
        declared('accounts = «dynamic_loader("Account")»', head.format("dynamic_loader")),
        after=declared(
            'accounts = relationship("Account", lazy="selectin")', head.format("relationship")
        ),
        unsafe=True,
    )


def test_an_imperative_mapping() -> None:
    check.flags(
        """
        registry.map_imperatively(
            Company, companies, properties={"accounts": «relationship(Account)»}
        )
        """,
        after="""
        registry.map_imperatively(
            Company, companies, properties={"accounts": relationship(Account, lazy="selectin")}
        )
        """,
        message="`Company.accounts`",
    )


def test_strict_wants_selectin_alone() -> None:
    strict = check.with_(settings=Settings(strict_lazy=True))
    strict.flags(
        declared('accounts = «relationship("Account", lazy="joined")»'),
        after=declared('accounts = relationship("Account", lazy="selectin")'),
    )
    strict.flags(
        declared('accounts = «relationship("Account", lazy="raise")»'),
        after=declared('accounts = relationship("Account", lazy="selectin")'),
        unsafe=True,
    )


def test_a_strategy_that_the_service_allows() -> None:
    allowing = check.with_(settings=Settings(allowed_lazy=("dynamic",)))
    allowing.clean(declared('accounts = relationship("Account", lazy="dynamic")'))


def test_a_local_function_of_that_name() -> None:
    check.clean(
        """
        def relationship(name):
            return name


        class Company:
            accounts = relationship("Account")
        """
    )


def test_comments_stay_with_their_arguments() -> None:
    check.flags(
        """
        class Company(Base):
            accounts = «relationship(
                "Account",  # the ones that are open
                back_populates="company",
                # oldest first
                order_by="Account.id",
            )»  # noqa: E501
        """,
        after="""
        class Company(Base):
            accounts = relationship(
                "Account",  # the ones that are open
                back_populates="company",
                # oldest first
                order_by="Account.id",
                lazy="selectin",
            )  # noqa: E501
        """,
    )


def test_a_relationship_in_a_class_without_a_table() -> None:
    check.flags(
        """
        from pydantic import BaseModel
        from sqlmodel import Relationship, SQLModel


        class CompanyData(BaseModel):
            accounts: list["Account"] = Relationship(back_populates="company")


        class CompanyBase(SQLModel):
            accounts: list["Account"] = Relationship(back_populates="company")


        class Company(CompanyBase, table=True):
            accounts: list["Account"] = «Relationship(back_populates="company")»
        """,
        after="""
        from pydantic import BaseModel
        from sqlmodel import Relationship, SQLModel


        class CompanyData(BaseModel):
            accounts: list["Account"] = Relationship(back_populates="company")


        class CompanyBase(SQLModel):
            accounts: list["Account"] = Relationship(back_populates="company")


        class Company(CompanyBase, table=True):
            accounts: list["Account"] = Relationship(
                back_populates="company", sa_relationship_kwargs={"lazy": "selectin"}
            )
        """,
    )
