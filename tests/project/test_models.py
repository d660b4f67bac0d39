from textwrap import dedent

from turnstay_lint.project.models.models import OrmClass, orm_class, orm_classes, orm_models
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile


def service(**files: str) -> Project:
    """A service of modules ``app.<name>``."""
    return Project(
        summarise(SourceFile.from_text(f"app/{name}.py", dedent(text)))
        for name, text in files.items()
    )


def model(project: Project, name: str) -> OrmClass:
    found = orm_class(project, f"app.models.{name}", "app.models")
    assert found is not None
    return found


BASE = """
    from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, String, Table
    from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry, relationship

    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)
"""


def names(project: Project) -> list[str]:
    return sorted(model.short for model in orm_classes(project))


def test_a_declarative_base_is_no_model_and_its_children_are() -> None:
    project = service(
        models=BASE
        + """
    class Account(Base):
        __tablename__ = "accounts"
        company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
        nickname: Mapped[str | None]
    """
    )
    assert names(project) == ["Account"]
    account = model(project, "Account")
    assert (account.table, account.primary_key, account.complete) == ("accounts", ("id",), True)
    assert account.columns["company_id"].foreign_keys[0].table == "companies"
    assert account.columns["nickname"].nullable is True
    assert account.columns["company_id"].nullable is False


def test_mixins_and_abstract_bases_give_their_columns() -> None:
    project = service(
        models=BASE
        + """
    class Owned:
        @declared_attr
        def company_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("companies.id"))

    class Dated(Base):
        __abstract__ = True
        created_at: Mapped[int]

    class Account(Owned, Dated):
        __tablename__ = "accounts"

    class SavingsAccount(Account):
        rate: Mapped[int]
    """
    )
    assert names(project) == ["Account", "SavingsAccount"]
    savings = model(project, "SavingsAccount")
    assert {"id", "company_id", "created_at", "rate"} <= set(savings.columns)
    assert savings.table == "accounts"


def test_tables_written_out_and_imperative_mapping() -> None:
    project = service(
        models=BASE
        + """
    accounts = Table(
        "accounts", Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("company_id", ForeignKey("companies.id")),
    )

    class Account(Base):
        __table__ = accounts

    class Plain:
        pass

    mapper_registry = registry()
    mapper_registry.map_imperatively(Plain, accounts)
    """
    )
    for name in ("Account", "Plain"):
        assert model(project, name).table == "accounts"
        assert "company_id" in model(project, name).columns


def test_sqlmodel_maps_only_what_says_table() -> None:
    project = service(
        models="""
        from sqlmodel import Field, Relationship, SQLModel

        class AccountBase(SQLModel):
            name: str

        class Account(AccountBase, table=True):
            id: int | None = Field(default=None, primary_key=True)
            company_id: int = Field(foreign_key="company.id")
            company: "Company" = Relationship(back_populates="accounts")
        """
    )
    assert names(project) == ["Account"]
    account = model(project, "Account")
    assert account.table == "account"
    assert account.columns["company_id"].foreign_keys[0].table == "company"
    assert "name" in account.columns and "company" not in account.columns


def test_other_bases_and_keys() -> None:
    project = service(
        db="""
        from sqlalchemy.orm import declarative_base, registry
        Base = declarative_base()
        reg = registry()
        """,
        models="""
        from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer
        from app.db import Base, reg

        class Company(Base):
            __tablename__ = "companies"
            id = Column(Integer, primary_key=True)

        class Account(Base):
            __tablename__ = "accounts"
            company_id = Column(ForeignKey(Company.id))

        @reg.mapped
        class Payment:
            __tablename__ = "payments"
            __table_args__ = (
                ForeignKeyConstraint(["account_id"], ["accounts.id"]), {"schema": "pay"},
            )
            account_id = Column(Integer)
        """,
    )
    assert names(project) == ["Account", "Company", "Payment"]
    key = model(project, "Account").columns["company_id"].foreign_keys[0]
    assert key.model == "app.models.Company"
    payment = model(project, "Payment")
    assert payment.table == "pay.payments"
    referred = orm_models(project).referred(payment.columns["account_id"].foreign_keys[0], "app")
    assert referred is not None and referred.short == "Account"


def test_relationships_find_their_target_however_it_is_named() -> None:
    project = service(
        models=BASE
        + """
    class Company(Base):
        accounts: Mapped[list["Account"]] = relationship(back_populates="company")
        users = relationship("User", lazy="selectin")
        tags: Mapped[list["Tag"]] = relationship(secondary="company_tags")
    """,
        others="""
        from app.models import Base
        from sqlalchemy.orm import Mapped, relationship
        class Account(Base):
            company: Mapped["Company"] = relationship()
        class User(Base):
            name: Mapped[str]
        class Tag(Base):
            name: Mapped[str]
        """,
    )
    company = model(project, "Company")
    accounts, users, tags = (company.relationships[n] for n in ("accounts", "users", "tags"))
    assert (accounts.target, accounts.many) == ("app.others.Account", True)
    assert accounts.text("back_populates") == "company"
    assert (users.target, users.many) == ("app.others.User", None)
    assert tags.has_secondary


def test_a_fragment_without_its_base_and_what_is_no_model() -> None:
    project = service(
        models="""
        class Account(Base):
            new_field: Mapped[str | None] = mapped_column(String(255), nullable=True)

        class AccountResponse(BaseModel):
            id: int

        class Mixin:
            id: Mapped[int] = mapped_column()
        """
    )
    assert names(project) == ["Account"]
    assert not model(project, "Account").complete


def test_a_primary_key_in_the_table_s_arguments() -> None:
    project = service(
        models=BASE
        + """
    from sqlalchemy import PrimaryKeyConstraint

    class Entry(Base):
        __tablename__ = "entries"
        number = Column(String)
        text = Column(String)
        __table_args__ = (PrimaryKeyConstraint("number", name="entry_pk"),)
    """
    )
    columns = model(project, "Entry").columns
    assert columns["number"].primary_key
    assert not columns["text"].primary_key


def test_a_table_that_no_class_maps_is_no_class() -> None:
    project = service(
        models=BASE
        + """
    from sqlalchemy import MetaData

    entries = Table("entries", MetaData(), Column("id", Integer, primary_key=True))
    mapped = Table("accounts", MetaData(), Column("id", Integer, primary_key=True))

    class Account(Base):
        __table__ = mapped
    """
    )
    assert names(project) == ["Account"]
    assert orm_class(project, "app.models.entries", "app.models") is None
    tables = {m.short for m in orm_models(project).classes.values() if m.is_table}
    assert tables == {"entries"}
