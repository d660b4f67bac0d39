"""Response schemas written for ORM classes that none serialises (TSL101, TSL102)."""

from __future__ import annotations

import pytest

from tests.change_sets import Changed, changed
from turnstay_lint.project.writing.new_schemas import looks_secret

MODELS = """
import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Numeric, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime.datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now()
    )


class Company(Base):
    __tablename__ = "companies"

    name: Mapped[str]
    api_key: Mapped[str]


class Mood(enum.Enum):
    GOOD = "good"


class Note(Base):
    __tablename__ = "notes"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    text: Mapped[str | None] = mapped_column(String(255))
    price: Mapped[Decimal]
    weight = mapped_column(Numeric(asdecimal=False))
    mood: Mapped[Mood]
    reference: Mapped[uuid.UUID]
    due: Mapped[datetime.date | None]
    details: Mapped[dict[str, Any]]
    parent_id = mapped_column(ForeignKey("notes.id"), nullable=False)
    password_hash: Mapped[str]
    tokens: Mapped[list[str] | None]
    picture: Mapped[bytes]
    long: Mapped[str] = mapped_column(deferred=True)

    company: Mapped["Company"] = relationship(lazy="selectin")
"""
RESPONSES = """
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class CompanyResponse(BaseResponse):
    id: int
    name: str
"""
ENDPOINTS = """
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps

from app.models import Note

router = APIRouter()


@router.get("/note")
async def get_note(id: int, session: AsyncSession = Depends(deps.get_session)):
    return await session.get_one(Note, id)
"""
SERVICE = {
    "app/__init__.py": "",
    "app/models.py": MODELS,
    "app/schemas/__init__.py": "",
    "app/schemas/responses.py": RESPONSES,
    "app/api/endpoints/notes.py": ENDPOINTS,
}
CLASS = """

class NoteResponse(BaseResponse):
    id: int
    text: str | None = None
    price: Decimal
    weight: float | None = None
    mood: Mood
    reference: UUID
    due: datetime.date | None = None
    details: dict[str, Any]
    parent_id: int
    created_at: datetime.datetime
"""
USED = """
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps

from app.models import Note
from app.schemas.responses import NoteResponse

router = APIRouter()


@router.get("/note", response_model=NoteResponse)
async def get_note(id: int, session: AsyncSession = Depends(deps.get_session)):
    return await session.get_one(Note, id)
""".lstrip()
IMPORTS = """
import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.models import Mood
""".lstrip()
PLAIN_MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Base):
    __tablename__ = "companies"


class Note(Base):
    __tablename__ = "notes"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    text: Mapped[str]
"""
PLAIN_CLASS = "\n\nclass NoteResponse(BaseResponse):\n    id: int\n    text: str\n"


def written(files: dict[str, str]) -> Changed:
    return changed({**SERVICE, **files}, "TSL101", "TSL102")


def test_the_schema_is_written_beside_the_others_and_used() -> None:
    made = written({})
    body = RESPONSES.lstrip().removeprefix("from pydantic import BaseModel\n")
    assert made.files == {
        "app/schemas/responses.py": IMPORTS + body + CLASS,
        "app/api/endpoints/notes.py": USED,
    }
    assert made.report.findings == ()


def test_safe_fixes_alone_write_nothing() -> None:
    assert changed(SERVICE, "TSL101", unsafe=False).files == {}


def test_a_response_model_that_is_no_schema_is_replaced() -> None:
    said = ENDPOINTS.replace('"/note"', '"/note", response_model=list[Note] | None').replace(
        "from app.models", "# models\nfrom app.models"
    )
    made = written({"app/models.py": PLAIN_MODELS, "app/api/endpoints/notes.py": said})
    assert made.files["app/schemas/responses.py"] == RESPONSES.lstrip() + PLAIN_CLASS
    assert "response_model=list[NoteResponse] | None)" in made.files["app/api/endpoints/notes.py"]


def test_two_routes_need_it_and_it_is_written_once() -> None:
    two = ENDPOINTS + ENDPOINTS[ENDPOINTS.index("\n\n@router") :].replace("note", "first_note")
    made = written({"app/models.py": PLAIN_MODELS, "app/api/endpoints/notes.py": two})
    assert made.files["app/schemas/responses.py"] == RESPONSES.lstrip() + PLAIN_CLASS
    assert made.files["app/api/endpoints/notes.py"].count("response_model=NoteResponse") == 2
    assert made.report.fixed == 2


def test_the_tenant_itself_keeps_its_key_and_no_secret() -> None:
    endpoint = ENDPOINTS.replace("Note", "Company")
    empty = RESPONSES.partition("\n\n\nclass CompanyResponse")[0] + "\n"
    made = written({"app/api/endpoints/notes.py": endpoint, "app/schemas/responses.py": empty})
    assert made.files["app/schemas/responses.py"].endswith(
        "class CompanyResponse(BaseResponse):\n"
        "    id: int\n    name: str\n    created_at: datetime.datetime\n"
    )


def test_what_the_package_exports_it_exports_too() -> None:
    init = """
        from .responses import BaseResponse, CompanyResponse

        __all__ = ["BaseResponse", "CompanyResponse"]
    """
    endpoint = ENDPOINTS + "\n\nfrom app.schemas import CompanyResponse\n"
    made = written(
        {
            "app/models.py": PLAIN_MODELS,
            "app/schemas/__init__.py": init,
            "app/api/endpoints/notes.py": endpoint.replace(
                "\n\nfrom app.schemas import CompanyResponse\n", ""
            ),
            "app/other.py": "from app.schemas import CompanyResponse\n",
        }
    )
    assert made.files["app/schemas/__init__.py"] == (
        "from .responses import BaseResponse, CompanyResponse, NoteResponse\n\n"
        '__all__ = ["BaseResponse", "CompanyResponse", "NoteResponse"]\n'
    )
    assert made.files["app/schemas/responses.py"] == RESPONSES.lstrip() + PLAIN_CLASS
    assert "from app.schemas import NoteResponse\n" in made.files["app/api/endpoints/notes.py"]


def test_an_all_of_many_lines_keeps_its_form() -> None:
    init = """
        from app.schemas.responses import (
            BaseResponse,
            CompanyResponse,
        )

        __all__ = [
            "BaseResponse",
            "CompanyResponse",  # the tenant
        ]
    """
    made = written({"app/models.py": PLAIN_MODELS, "app/schemas/__init__.py": init})
    assert made.files["app/schemas/__init__.py"] == (
        "from app.schemas.responses import (\n    BaseResponse,\n    CompanyResponse,\n"
        "    NoteResponse,\n)\n\n"
        '__all__ = [\n    "BaseResponse",\n    "CompanyResponse",\n    "NoteResponse",'
        "  # the tenant\n]\n"
    )


def test_a_module_for_each_model_gets_one_more() -> None:
    made = written(
        {
            "app/models.py": PLAIN_MODELS,
            "app/schemas/responses.py": RESPONSES.partition("\n\n\nclass CompanyR")[0] + "\n",
            "app/schemas/company.py": _one("Company"),
            "app/schemas/guest.py": _one("Guest"),
            "app/schemas/__init__.py": "from app.schemas.company import CompanyResponse\n",
            "app/other.py": "from app.schemas import CompanyResponse\n",
        }
    )
    assert made.files == {
        "app/schemas/note.py": (
            "from app.schemas.responses import BaseResponse" + "\n" + PLAIN_CLASS
        ),
        "app/schemas/__init__.py": (
            "from app.schemas.company import CompanyResponse\n"
            "from app.schemas.note import NoteResponse\n"
        ),
        "app/api/endpoints/notes.py": USED.replace("app.schemas.responses", "app.schemas"),
    }


def test_the_model_s_own_module_is_taken_where_there_is_one() -> None:
    made = written(
        {
            "app/models.py": PLAIN_MODELS,
            "app/schemas/responses.py": RESPONSES.partition("\n\n\nclass CompanyR")[0] + "\n",
            "app/schemas/companies.py": _one("Company"),
            "app/schemas/notes.py": _one("Memo"),
        }
    )
    assert made.files["app/schemas/notes.py"] == _one("Memo") + PLAIN_CLASS
    assert "from app.schemas.notes import NoteResponse" in made.files["app/api/endpoints/notes.py"]


def _one(model: str) -> str:
    return (
        "from app.schemas.responses import BaseResponse\n\n\n"
        f"class {model}Response(BaseResponse):\n    id: int\n"
    )


def test_a_service_without_schemas_gets_the_handbook_s() -> None:
    service = {path: text for path, text in SERVICE.items() if "schemas" not in path}
    made = changed({**service, "app/models.py": PLAIN_MODELS}, "TSL101")
    assert made.files == {
        "app/schemas/__init__.py": "",
        "app/schemas/responses.py": (
            "from pydantic import BaseModel\n\n\n"
            "class BaseResponse(BaseModel):\n"
            '    """Base class for all response schemas."""\n\n'
            '    model_config = {"from_attributes": True}\n' + PLAIN_CLASS
        ),
        "app/api/endpoints/notes.py": USED,
    }


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"app/models.py": PLAIN_MODELS.replace("text: Mapped[str]", "text: Mapped[Text]")},
            "write one for Note (the type of Note.text cannot be read)",
        ),
        (
            {"app/models.py": PLAIN_MODELS.replace("Note(Base)", "Note(Base, Unknown)")},
            "write one for Note (Note has a base of which nothing is known)",
        ),
        (
            {"app/schemas/responses.py": RESPONSES + "\n\nNoteResponse = CompanyResponse\n"},
            "write one for Note (NoteResponse is something else in app/schemas/responses.py)",
        ),
        (
            {"app/schemas/responses.py": RESPONSES + "\n\nfrom app.api.endpoints import notes\n"},
            "write one for Note (app.schemas.responses imports this module)",
        ),
    ],
)
def test_why_none_can_be_written(files: dict[str, str], reason: str) -> None:
    made = written({"app/models.py": PLAIN_MODELS, **files})
    assert made.files == {}
    assert [said.partition(": ")[2] for said in made.reasons] == [reason]


def test_a_date_called_date_is_no_trouble_where_the_module_is_imported() -> None:
    models = PLAIN_MODELS.replace("text: Mapped[str]", "date: Mapped[datetime.date | None]")
    models = f"import datetime\n{models}"
    made = written({"app/models.py": models})
    assert "    date: datetime.date | None = None\n" in made.files["app/schemas/responses.py"]
    from_it = f"from datetime import date\n{RESPONSES}"
    made = written({"app/models.py": models, "app/schemas/responses.py": from_it})
    assert made.files == {}
    assert "the column date is called as a type is" in made.reasons[0]


def test_crlf_tabs_and_no_line_end() -> None:
    responses = RESPONSES.strip().replace("    ", "\t").replace("\n", "\r\n")
    made = written({"app/models.py": PLAIN_MODELS, "app/schemas/responses.py": responses})
    added = PLAIN_CLASS.replace("    ", "\t").removesuffix("\n").replace("\n", "\r\n")
    assert made.files["app/schemas/responses.py"] == f"{responses}\r\n{added}"


def test_two_models_lack_one_and_there_is_no_module_yet() -> None:
    service = {path: text for path, text in SERVICE.items() if "schemas" not in path}
    memo = PLAIN_MODELS[PLAIN_MODELS.index("\n\nclass Note(") :].replace("Note", "Memo")
    models = PLAIN_MODELS + memo.replace("notes", "memos")
    endpoint = ENDPOINTS.replace("Note", "Memo").replace("note", "memo")
    files = {"app/models.py": models, "app/api/endpoints/memos.py": endpoint}
    for schemas in ({}, {"app/schemas/__init__.py": "", "app/schemas/responses.py": ""}):
        made = changed({**service, **files, **schemas}, "TSL101")
        text = made.files["app/schemas/responses.py"]
        assert text.count("class BaseResponse(BaseModel):") == 1
        assert text.count(PLAIN_CLASS) == 1
        assert text.count(PLAIN_CLASS.replace("Note", "Memo")) == 1
        assert (made.report.fixed, made.report.findings) == (2, ())


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True), ("hashed_password", True), ("userpassword", True), ("api_key", True),
        ("api_keys", True), ("refresh_tokens", True), ("card_pin", True), ("webhook_secret", True),
        ("monkey", False), ("keyboard", False), ("tokenized", False), ("spin", False),
        ("public_name", False), ("hash_rate_limit", True),
    ],
)  # fmt: skip
def test_what_looks_secret(name: str, secret: bool) -> None:
    assert looks_secret(name) is secret
