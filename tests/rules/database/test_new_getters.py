"""Getters written for models that the access class gives none of (TSL301)."""

from __future__ import annotations

import black
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.change_sets import Changed, changed

MODELS = """
import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Base):
    __tablename__ = "companies"


class Account(Base):
    __tablename__ = "accounts"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))


class Note(Base):
    __tablename__ = "notes"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    text: Mapped[str]


class PaymentIntent(Base):
    __tablename__ = "payment_intents"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class Refund(Base):
    __tablename__ = "refunds"

    payment_intent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment_intents.id"))


class Transfer(Base):
    __tablename__ = "transfers"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class Share(Base):
    __tablename__ = "shares"

    id: Mapped[int]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
"""
DEPS = '''
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.utils.company_scoped_records_utils import get_company_account

from app.models import Account, Company


class CompanyAccess:
    """Company-scoped data access layer."""

    def __init__(
        self,
        session: AsyncSession,
        company: Company,
        allowed_account_ids: set[int] | None = None,
    ):
        self.session = session
        self.company = company
        self.company_id = company.id
        self.allowed_account_ids = allowed_account_ids

    async def get_account(self, account_id: int) -> Account:
        """Get account belonging to this company."""
        return await get_company_account(
            self.session,
            self.company_id,
            account_id,
            allowed_account_ids=self.allowed_account_ids,
        )


async def get_session(request: Request) -> AsyncSession:
    yield request.state.db


async def get_company_access(
    request: Request, session: AsyncSession = Depends(get_session)
) -> CompanyAccess:
    return CompanyAccess(session, request.state.company)
'''.lstrip()
UTILS = '''
"""Records of one company."""

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def get_company_account(
    session: AsyncSession,
    company_id: int,
    account_id: int,
    allowed_account_ids: set[int] | None = None,
) -> Account:
    """Fetch account with company validation."""
    query = select(Account).where(
        Account.id == account_id,
        Account.company_id == company_id,
    )

    if allowed_account_ids is not None:
        query = query.where(Account.id.in_(allowed_account_ids))

    result = await session.execute(query)
    account = result.scalar_one_or_none()

    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")

    return account
'''.lstrip()
ENDPOINT = """
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps

from app.models import Note

router = APIRouter()


@router.get("/note")
async def get_note(id: int, session: AsyncSession = Depends(deps.get_session)):
    note = await session.get(Note, id)
    if note is None:
        raise HTTPException(status_code=404, detail="Note not found")
    return note
""".lstrip()
ALL = """
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps

from app.models import Note

router = APIRouter()


@router.get("/notes")
async def get_notes(session: AsyncSession = Depends(deps.get_session)):
    result = await session.execute(select(Note))
    return result.scalars().all()
""".lstrip()
SERVICE = {
    "app/__init__.py": "",
    "app/api/__init__.py": "",
    "app/api/utils/__init__.py": "",
    "app/api/utils/company_scoped_records_utils.py": UTILS,
    "app/api/deps.py": DEPS,
    "app/models.py": MODELS,
    "app/api/endpoints/notes.py": ENDPOINT,
}
METHOD = '''
    async def get_note(self, note_id: int) -> Note:
        """Get note belonging to this company."""
        return await get_company_note(self.session, self.company_id, note_id)
'''
UTILITY = '''

async def get_company_note(
    session: AsyncSession, company_id: int, note_id: int
) -> Note:
    """Fetch note with company validation."""
    query = select(Note).where(Note.id == note_id, Note.company_id == company_id)

    result = await session.execute(query)
    note = result.scalar_one_or_none()

    if note is None:
        raise HTTPException(status_code=404, detail="Note not found")

    return note
'''
IMPORTED = """from app.api.utils.company_scoped_records_utils import (
    get_company_account,
    get_company_note,
)
"""
OLD_IMPORT = "from app.api.utils.company_scoped_records_utils import get_company_account\n"
ASKED = """
from fastapi import APIRouter, Depends

from app.api import deps

router = APIRouter()


@router.get("/note")
async def get_note(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    note = await company_access.get_note(id)
    return note
""".lstrip()
DEPS_AFTER = (
    DEPS.replace(OLD_IMPORT, IMPORTED)
    .replace("import Account, Company\n", "import Account, Company, Note\n")
    .replace("\n\n\nasync def get_session", f"\n{METHOD}\n\nasync def get_session")
)


def written(files: dict[str, str], settings: str = "") -> Changed:
    return changed({**SERVICE, **files}, "TSL301", settings=settings)


def for_model(name: str, source: str = ENDPOINT) -> dict[str, str]:
    return {"app/api/endpoints/notes.py": source.replace("Note", name)}


def test_the_getter_and_its_utility_are_written_and_asked() -> None:
    made = written({})
    assert made.files == {
        "app/api/deps.py": DEPS_AFTER,
        "app/api/utils/company_scoped_records_utils.py": UTILS.replace(
            "import Account\n", "import Account, Note\n"
        )
        + UTILITY,
        "app/api/endpoints/notes.py": ASKED,
    }
    assert (made.report.findings, made.report.fixed) == ((), 1)


def test_safe_fixes_alone_write_nothing() -> None:
    assert changed(SERVICE, "TSL301", unsafe=False).files == {}


def test_a_getter_of_all() -> None:
    made = written(for_model("Note", ALL))
    assert '''
    async def get_notes(self) -> list[Note]:
        """Get all notes belonging to this company."""
        return await get_company_notes(self.session, self.company_id)
''' in made.files["app/api/deps.py"]
    assert made.files["app/api/utils/company_scoped_records_utils.py"].endswith('''

async def get_company_notes(session: AsyncSession, company_id: int) -> list[Note]:
    """Fetch all notes of a company."""
    query = select(Note).where(Note.company_id == company_id)

    result = await session.execute(query)
    return list(result.scalars().all())
''')
    assert "return await company_access.get_notes()" in made.files["app/api/endpoints/notes.py"]


def test_the_company_is_found_along_the_scope_path_and_the_accounts_are_kept() -> None:
    made = written(for_model("Refund"))
    assert made.files["app/api/utils/company_scoped_records_utils.py"].endswith('''

async def get_company_refund(
    session: AsyncSession,
    company_id: int,
    refund_id: int,
    allowed_account_ids: set[int] | None = None,
) -> Refund:
    """Fetch refund with company validation."""
    query = (
        select(Refund)
        .join(PaymentIntent, Refund.payment_intent_id == PaymentIntent.id)
        .join(Account, PaymentIntent.account_id == Account.id)
        .where(Refund.id == refund_id, Account.company_id == company_id)
    )

    if allowed_account_ids is not None:
        query = query.where(PaymentIntent.account_id.in_(allowed_account_ids))

    result = await session.execute(query)
    refund = result.scalar_one_or_none()

    if refund is None:
        raise HTTPException(status_code=404, detail="Refund not found")

    return refund
''')
    assert """
        return await get_company_refund(
            self.session,
            self.company_id,
            refund_id,
            allowed_account_ids=self.allowed_account_ids,
        )
""" in made.files["app/api/deps.py"]


def test_a_key_of_another_type() -> None:
    made = written(for_model("PaymentIntent"))
    deps = made.files["app/api/deps.py"]
    assert "async def get_payment_intent(self, payment_intent_id: UUID) -> PaymentIntent:" in deps
    assert deps.startswith("from uuid import UUID\n\nfrom fastapi")
    utils = made.files["app/api/utils/company_scoped_records_utils.py"]
    assert 'detail="Payment intent not found"' in utils
    assert "\n    payment_intent_id: UUID,\n" in utils


def test_several_endpoints_need_it_and_it_is_written_once() -> None:
    made = written({"app/api/endpoints/others.py": ENDPOINT, "app/api/endpoints/all.py": ALL})
    utils = made.files["app/api/utils/company_scoped_records_utils.py"]
    assert utils.count("async def get_company_note(") == 1
    assert utils.count("async def get_company_notes(") == 1
    assert made.files["app/api/endpoints/others.py"] == ASKED
    assert made.files["app/api/deps.py"].count("async def get_note(") == 1
    assert made.report.fixed == 3


def test_a_utility_that_is_there_already_is_asked() -> None:
    utils = UTILS.replace("import Account\n", "import Account, Note\n") + UTILITY
    made = written({"app/api/utils/company_scoped_records_utils.py": utils})
    assert made.files == {"app/api/deps.py": DEPS_AFTER, "app/api/endpoints/notes.py": ASKED}


def without_getters() -> dict[str, str]:
    deps = DEPS.replace(OLD_IMPORT + "\n", "")
    deps = (
        deps[: deps.index("    async def get_account")].rstrip()
        + "\n\n\n"
        + deps[deps.index("async def get_session") :].replace("import Account, ", "import ")
    )
    service = {path: text for path, text in SERVICE.items() if "utils" not in path}
    return {**service, "app/api/deps.py": deps}


def test_two_getters_are_lacking_and_there_is_no_module_yet() -> None:
    made = changed({**without_getters(), "app/api/endpoints/all.py": ALL}, "TSL301")
    utils = made.files["app/api/utils/company_scoped_records_utils.py"]
    assert utils.count("\n\n\nasync def get_company_note") == 2
    assert made.report.fixed == 2


def test_a_class_without_getters_gets_the_handbook_s_module() -> None:
    service = without_getters()
    made = changed(service, "TSL301")
    assert sorted(made.files) == [
        "app/api/deps.py",
        "app/api/endpoints/notes.py",
        "app/api/utils/__init__.py",
        "app/api/utils/company_scoped_records_utils.py",
    ]
    assert made.files["app/api/utils/company_scoped_records_utils.py"] == (
        "from fastapi import HTTPException\n"
        "from sqlalchemy import select\n"
        "from sqlalchemy.ext.asyncio import AsyncSession\n\n"
        "from app.models import Note\n" + UTILITY
    )
    assert (
        "self.allowed_account_ids = allowed_account_ids\n" + METHOD
        in (made.files["app/api/deps.py"])
    )


def test_other_names_of_the_tenant() -> None:
    names = [("company", "hotel"), ("Company", "Hotel"), ("companies", "hotels")]

    def renamed(text: str) -> str:
        for old, new in reversed(names):
            text = text.replace(old, new)
        return text

    settings = """
        tenant-model = "Hotel"
        tenant-column = "hotel_id"
        access-class = "HotelAccess"
        access-dependency = "get_hotel_access"
    """
    service = {renamed(path): renamed(text) for path, text in SERVICE.items()}
    made = changed(service, "TSL301", settings=settings)
    utility = black.format_str(renamed(UTILITY), mode=black.Mode()).strip()
    assert utility in made.files["app/api/utils/hotel_scoped_records_utils.py"]
    assert "note = await hotel_access.get_note(id)" in made.files["app/api/endpoints/notes.py"]


@pytest.mark.parametrize(
    ("model", "files", "reason"),
    [
        ("Company", {}, "Company is the company itself"),
        ("Transfer", {}, "which account of Transfer counts (from_id or to_id) is not said"),
        ("Share", {}, "the key of Share is not one column"),
        (
            "Note",
            {"app/api/deps.py": DEPS.replace("def get_account(", "def get_note(")},
            "CompanyAccess.get_note is there, and does not say what it gives",
        ),
        (
            "Note",
            {"app/other.py": "async def get_company_note(session, id):\n    return 1\n"},
            "app.other has a get_company_note of another kind",
        ),
        (
            "Note",
            {"app/api/deps.py": DEPS.replace("self.session = session", "self.s = session")},
            "CompanyAccess keeps no session",
        ),
    ],
)
def test_why_none_can_be_written(model: str, files: dict[str, str], reason: str) -> None:
    made = written({**for_model(model), **files})
    assert made.files == {}
    assert reason in made.reasons[-1]


@pytest.mark.parametrize("model", ["Import", "Return", "Session", "Select", "Query"])
def test_a_model_called_as_something_that_the_function_needs(model: str) -> None:
    made = changed({path: text.replace("Note", model) for path, text in SERVICE.items()}, "TSL301")
    name = f"{model.lower()}_"
    utils = made.files["app/api/utils/company_scoped_records_utils.py"]
    assert f"    {name} = result.scalar_one_or_none()\n\n    if {name} is None:\n" in utils
    assert f"    return {name}\n" in utils
    assert f'detail="{model} not found"' in utils


def test_a_comparison_longer_than_a_line_is_broken_before_its_operator() -> None:
    name = "SettlementReconciliationAdjustment"
    service = {
        path: black.format_str(text.replace("Refund", name), mode=black.Mode())
        for path, text in {**SERVICE, **for_model("Refund")}.items()
    }
    made = changed(service, "TSL301")
    assert f"""
        .where(
            {name}.id
            == settlement_reconciliation_adjustment_id,
            Account.company_id == company_id,
        )
""" in made.files["app/api/utils/company_scoped_records_utils.py"]


# Beyond 40 characters black divides lines of 79 in ways that the codemods do not know.
NAMES = st.from_regex(r"[A-Z][a-z]{1,30}([A-Z][a-z]{1,20}){0,2}", fullmatch=True).filter(
    lambda name: len(name) <= 40 and name not in ("Base", "Company", "Account")
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(NAMES, st.sampled_from([79, 88, 100]), st.sampled_from(["Note", "Refund"]), st.booleans())
def test_what_is_written_is_as_black_has_it(name: str, width: int, model: str, many: bool) -> None:
    mode = black.Mode(line_length=width)
    service = {
        path: black.format_str(text.replace(model, name), mode=mode)
        for path, text in {**SERVICE, **for_model(model, ALL if many else ENDPOINT)}.items()
    }
    made = changed(service, "TSL301", width=width)
    assert made.report.fixed == 1


def test_a_table_without_a_class_gets_no_getter() -> None:
    table = """

notes = Table(
    "notes",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("company_id", ForeignKey("companies.id")),
)
"""
    models = MODELS[: MODELS.index("\n\nclass Note(")] + table
    models = models.replace("import ForeignKey", "import Column, ForeignKey, Integer, Table")
    endpoint = ALL.replace("Note", "notes")
    made = written({"app/models.py": models, "app/api/endpoints/notes.py": endpoint})
    assert made.files == {}
    assert len(made.report.findings) == 1
