from textwrap import dedent

import pytest

from tests.tenant_service import SERVICE
from turnstay_lint.project.models.tenancy import Ownership, tenancy
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile


def service(settings: Settings | None = None, **files: str) -> Project:
    """A service of modules ``app.<name>``, or the usual one where no file is given."""
    sources = {f"app/{name}.py": dedent(text) for name, text in files.items()} or SERVICE
    summaries = [summarise(SourceFile.from_text(p, text)) for p, text in sources.items()]
    return Project(summaries, settings or Settings())


def owned(project: Project, name: str) -> Ownership | None:
    return tenancy(project).ownership(f"app.models.{name}")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Company", "Company.id"),
        ("Account", "Account.company_id"),
        ("Payment", "Payment.account_id → Account.company_id"),
        ("Refund", "Refund.payment_id → Payment.account_id → Account.company_id"),
    ],
)
def test_the_scope_path_is_the_shortest(name: str, path: str) -> None:
    found = owned(service(), name)
    assert found is not None
    assert found.path == path
    assert found.is_tenant is (name == "Company")


def test_what_belongs_to_nobody() -> None:
    assert owned(service(), "Currency") is None


def test_global_models_and_what_hangs_on_them() -> None:
    project = service(Settings(global_models=("Account",)))
    assert owned(project, "Account") is None
    assert owned(project, "Payment") is None
    assert owned(project, "User") is not None


MODELS = """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

class Company(Base):
    __tablename__ = "companies"
"""


def test_a_scope_path_that_the_configuration_names() -> None:
    models = (
        MODELS
        + """
class Account(Base):
    __tablename__ = "accounts"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))

class Payment(Base):
    __tablename__ = "payments"
    author_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
"""
    )
    plain = owned(service(models=models), "Payment")
    assert plain is not None and plain.path == "Payment.author_id"
    named = Settings(scope_via={"Payment": "account_id"})
    chosen = owned(service(named, models=models), "Payment")
    assert chosen is not None and chosen.path == "Payment.account_id → Account.company_id"


def test_mixins_inheritance_and_nullable_keys() -> None:
    models = (
        MODELS
        + """
class Owned:
    @declared_attr
    def company_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("companies.id"))

class Account(Owned, Base):
    __tablename__ = "accounts"

class SavingsAccount(Account):
    __tablename__ = "savings_accounts"
    id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)

class Note(Base):
    __tablename__ = "notes"
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
"""
    )
    project = service(models=models)
    for name in ("Account", "SavingsAccount", "Note"):
        assert owned(project, name) is not None, name


def test_a_list_of_the_tenant_s_is_evidence_where_columns_are_not_seen() -> None:
    models = """
class Company(Base):
    accounts: Mapped[list["Account"]] = relationship("Account", lazy="selectin")
    tags: Mapped[list["Tag"]] = relationship("Tag", secondary="company_tags")

class Account(Base):
    new_field: Mapped[str | None] = mapped_column(String(255), nullable=True)

class Tag(Base):
    name: Mapped[str]
"""
    project = service(models=models)
    found = owned(project, "Account")
    assert found is not None and found.path == "Account.company_id"
    assert owned(project, "Tag") is None


def test_a_list_is_none_where_the_declaration_says_otherwise() -> None:
    models = (
        MODELS
        + """
    accounts: Mapped[list["Account"]] = relationship("Account", viewonly=True)

class Account(Base):
    __tablename__ = "accounts"
    name: Mapped[str]
"""
    )
    assert owned(service(models=models), "Account") is None


def test_other_names_of_the_tenant() -> None:
    models = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Organization(Base):
    __tablename__ = "organizations"
    id: Mapped[int] = mapped_column(primary_key=True)

class Agent(Base):
    __tablename__ = "agents"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
"""
    settings = Settings(tenant_model="Organization", tenant_column="organization_id")
    assert owned(service(settings, models=models), "Agent") is not None
    assert not tenancy(service(models=models)).owned


def test_keys_that_go_in_circles_end() -> None:
    models = (
        MODELS
        + """
class Left(Base):
    __tablename__ = "lefts"
    right_id: Mapped[int] = mapped_column(ForeignKey("rights.id"))

class Right(Base):
    __tablename__ = "rights"
    left_id: Mapped[int] = mapped_column(ForeignKey("lefts.id"))
    self_id: Mapped[int] = mapped_column(ForeignKey("rights.id"))
"""
    )
    assert owned(service(models=models), "Left") is None


ACCOUNT = """
class Account(Base):
    __tablename__ = "accounts"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
"""


@pytest.mark.parametrize(
    ("key", "is_owned"),
    [
        ('Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))', True),
        ('Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))', True),
        (
            'Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))',
            False,
        ),
        ('Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))', True),
        ('int = Column(Integer, ForeignKey("accounts.id", ondelete="set null"))', False),
        (
            'int = Column(Integer, ForeignKey("accounts.id", ondelete="SET NULL"), nullable=False)',
            True,
        ),
    ],
)
def test_a_key_that_says_only_where_a_row_came_from(key: str, is_owned: bool) -> None:
    models = f"""{MODELS}{ACCOUNT}
class Example(Base):
    __tablename__ = "examples"
    account_id: {key}

class Answer(Base):
    __tablename__ = "answers"
    example_id: Mapped[int] = mapped_column(ForeignKey("examples.id"))
"""
    project = service(models=models)
    for name in ("Example", "Answer"):
        assert (owned(project, name) is not None) is is_owned
        assert tenancy(project).may_belong(f"app.models.{name}")


def test_another_path_owns_what_a_key_of_its_origin_does_not() -> None:
    models = f"""{MODELS}{ACCOUNT}
class Example(Base):
    __tablename__ = "examples"
    copied_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

class Import(Base):
    __tablename__ = "imports"
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))

class Copy(Base):
    __tablename__ = "copies"
    from_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
"""
    project = service(models=models)
    found = owned(project, "Example")
    assert found is not None and found.path == "Example.owner_id → Account.company_id"
    assert owned(project, "Import") is not None
    assert owned(project, "Copy") is None


def test_the_configuration_forces_a_path_over_such_a_key() -> None:
    models = f"""{MODELS}{ACCOUNT}
class Payment(Base):
    __tablename__ = "payments"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

class Example(Base):
    __tablename__ = "examples"
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id", ondelete="SET NULL"))
"""
    forced = service(Settings(scope_via={"Example": "payment_id"}), models=models)
    found = owned(forced, "Example")
    assert found is not None
    assert found.path == "Example.payment_id → Payment.account_id → Account.company_id"


def test_a_configured_path_that_leads_nowhere_changes_nothing() -> None:
    models = f"""{MODELS}{ACCOUNT}
class Currency(Base):
    __tablename__ = "currencies"

class Payment(Base):
    __tablename__ = "payments"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))
"""
    found = owned(service(Settings(scope_via={"Payment": "currency_id"}), models=models), "Payment")
    assert found is not None and found.path == "Payment.account_id → Account.company_id"
