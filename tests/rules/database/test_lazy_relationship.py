from textwrap import dedent

import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL306", path="app/models.py")

HEAD = """
from sqlalchemy.orm import Mapped, backref, relationship

from app.core.database import Base

"""


def declared(line: str, head: str = HEAD) -> str:
    return f"{head}\nclass Company(Base):\n    {line}\n"


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


def test_a_backref_makes_a_lazy_side() -> None:
    check.flags(
        declared('accounts = «relationship("Account", lazy="selectin", backref="company")»'),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", lazy="selectin", backref=backref("company", lazy="selectin")\n'
            "    )"
        ),
        message="the reverse side that `Company.accounts` makes with backref=",
    )


def test_a_backref_is_imported_where_it_is_not() -> None:
    check.flags(
        declared(
            'accounts = «relationship("Account", lazy="joined", backref="company")»',
            "from sqlalchemy.orm import relationship\n\n",
        ),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", lazy="joined", backref=backref("company", lazy="selectin")\n'
            "    )",
            "from sqlalchemy.orm import backref, relationship\n\n",
        ),
    )


def test_a_backref_call_that_says_nothing_of_loading() -> None:
    check.flags(
        declared('accounts = «relationship("Account", backref=backref("company"))»'),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", backref=backref("company", lazy="selectin"), lazy="selectin"\n'
            "    )"
        ),
    )


@pytest.mark.parametrize(
    "reverse", ['backref("company", lazy="selectin")', 'backref("company", **how)', "None"]
)
def test_a_backref_that_says_how_it_loads(reverse: str) -> None:
    check.clean(declared(f'accounts = relationship("Account", lazy="selectin", backref={reverse})'))


def test_a_self_reference_needs_a_depth() -> None:
    check.flags(
        declared('parent = «relationship("Company", remote_side=[id])»'),
        after=declared(
            'parent = relationship("Company", remote_side=[id], lazy="selectin", join_depth=1)'
        ),
        unsafe=True,
    )


def test_a_self_reference_that_only_its_annotation_shows() -> None:
    check.flags(
        declared('children: Mapped[list["Company"]] = «relationship(backref="parent")»'),
        after=declared(
            'children: Mapped[list["Company"]] = relationship(\n'
            '        backref=backref("parent", lazy="selectin", join_depth=1),\n'
            '        lazy="selectin",\n'
            "        join_depth=1,\n"
            "    )"
        ),
        unsafe=True,
    )


def test_a_self_reference_that_has_its_depth() -> None:
    check.flags(
        declared('children = «relationship("Company", join_depth=2)»'),
        after=declared('children = relationship("Company", join_depth=2, lazy="selectin")'),
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


SYNCHRONOUS = {
    "app/core/database.py": """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker(create_engine("postgresql://"))


        def get_session():
            with SessionLocal() as session:
                yield session
        """
}
LAZY = declared('accounts = relationship("Account")')


def test_a_service_that_is_synchronous_throughout() -> None:
    check.with_(others=SYNCHRONOUS).clean(LAZY)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "from sqlalchemy.ext.asyncio import AsyncSession\n",
        "import sqlalchemy.ext.asyncio as aio\n",
        "async def read(session: AsyncSession): ...\n",
        "from app.core.database import SessionLocal\n\n\n"
        "async def read():\n    return SessionLocal()\n",
        "from fastapi import Depends\nfrom app.core.database import get_session\n\n\n"
        "async def read(session=Depends(get_session)): ...\n",
    ],
)
def test_one_asynchronous_place_is_enough(elsewhere: str) -> None:
    mixed = check.with_(others={**SYNCHRONOUS, "app/worker.py": elsewhere})
    assert len(mixed.findings(LAZY)) == 1


def test_synchronous_migrations_prove_nothing() -> None:
    migrations = {"alembic/env.py": "from sqlalchemy import create_engine\n"}
    assert len(check.with_(others=migrations).findings(LAZY)) == 1


def test_a_model_frozen_in_a_migration() -> None:
    head = f'{HEAD}revision = "0002"\ndown_revision = "0001"\n\n'
    check.clean(declared('accounts = relationship("Account")', head))
    versions = check.with_(path="alembic/versions/0002.py")
    versions.clean(declared('accounts = relationship("Account")') + "\n\ndef upgrade(): ...\n")


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


MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Base):
    __tablename__ = "companies"
    accounts: Mapped[list["Account"]] = relationship(lazy="selectin")


class Account(Base):
    __tablename__ = "accounts"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    company: Mapped["Company"] = «relationship(back_populates="accounts")»
"""
FIXED = MODELS.replace(
    '«relationship(back_populates="accounts")»',
    'relationship(\n        back_populates="accounts", lazy="selectin"\n    )',
)
ENDPOINT = """
from fastapi import APIRouter, Depends
from sqlalchemy import select

from app.api import deps
from app.api.utils.account_utils import find_account
from app.models import Account, Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account"{said})
async def get_account(id: int, session = Depends(deps.get_session)):
{body}
"""
UTILS = """
from app.models import Account


async def find_account(session, id: int) -> Account:
    ...
"""


def answering(body: str, said: str = "") -> Check:
    lines = [f"    {line}" for line in body.splitlines()]
    endpoint = ENDPOINT.format(said=said, body="\n".join(lines))
    return check.with_(
        others={
            "app/api/endpoints/accounts.py": endpoint,
            "app/api/utils/account_utils.py": UTILS,
        }
    )


@pytest.mark.parametrize(
    "arguments",
    [
        '"Account",\n        lazy="select",  # joins conflict with FOR UPDATE\n    ',
        '"Account",\n        # joins conflict with FOR UPDATE\n        lazy="select",\n    ',
        '"Account", lazy="select"  # joins conflict with FOR UPDATE\n    ',
    ],
)
def test_a_comment_says_why_it_loads_so(arguments: str) -> None:
    found = check.findings(declared(f"accounts = relationship({arguments})"))
    assert [finding.fix for finding in found] == [None]
    assert "says why it loads so" in found[0].unfixable


@pytest.mark.parametrize(
    "arguments",
    [
        '"Account",  # of the company\n        lazy="select",\n    ',
        '"Account",\n        lazy="select",  # noqa: E501\n    ',
        '"Account",  # by hand\n    ',
        '# the rows\n        "Account",\n        lazy="select",\n    ',
    ],
)
def test_a_comment_that_is_about_something_else(arguments: str) -> None:
    (found,) = check.findings(declared(f"accounts = relationship({arguments})"))
    assert found.fix is not None


@pytest.mark.parametrize(
    "body",
    [
        "return await session.get(Account, id)",
        "return await find_account(session, id)",
        "account = await find_account(session, id)\nreturn {'account': account}",
        "query = select(Account).where(Account.id == id)\nreturn (await session.scalars(query)).all()",
        "rows = await session.execute(select(Account))\nreturn [row for row in rows.scalars().all()]",
        "account = Account(id=id)\nsession.add(account)\nreturn account",
        "return await session.get(Company, id)",
    ],
)
@pytest.mark.parametrize("said", ["", ", response_model=None"])
def test_an_endpoint_answers_with_the_object_as_it_is(body: str, said: str) -> None:
    (finding,) = answering(body, said).flags(MODELS, after=FIXED, unsafe=True)
    assert finding.fix is not None
    assert "GET /account has no response_model" in finding.fix.caution


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return await session.get(Account, id)", ", response_model=AccountResponse"),
        ("return await session.get(Account, id)", ", response_class=AccountResponse"),
        ("account = await find_account(session, id)\nreturn {'id': account.id}", ""),
        ("account = await find_account(session, id)\nreturn AccountResponse.of(account)", ""),
        ("return len((await session.scalars(select(Account))).all())", ""),
    ],
)
def test_an_endpoint_that_says_what_is_serialised(body: str, said: str) -> None:
    answering(body, said).flags(MODELS, after=FIXED)
