"""Which classes are schemas, and which of them serialise an ORM class."""

from __future__ import annotations

from textwrap import dedent

import pytest

from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import (
    importable_name,
    is_response,
    is_schema,
    missing_fields,
    serialisers,
)
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile

MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Account(Base):
    __tablename__ = "accounts"

    name: Mapped[str]

    @property
    def label(self) -> str:
        return self.name


class AccountType(Base):
    __tablename__ = "account_types"

    name: Mapped[str]
"""


def service(**files: str) -> Project:
    texts = {"models": MODELS, **files}
    return Project(
        summarise(SourceFile.from_text(f"app/{name.replace('__', '/')}.py", dedent(text)))
        for name, text in texts.items()
    )


def names(project: Project, model: str = "Account") -> tuple[list[str], list[str]]:
    found = orm_class(project, f"app.models.{model}", "app.api")
    assert found is not None
    schemas = serialisers(project, found, "app.api")
    return [s.qualname for s in schemas.exact], [s.qualname for s in schemas.variants]


def test_a_schema_derives_from_pydantic_however_far() -> None:
    project = service(
        base="from pydantic import BaseModel as Model\n\n\nclass Base(Model): ...\n",
        schemas="""
            from fastapi.responses import JSONResponse

            from app.base import Base
            from app.models import Account


            class AccountResponse(Base): ...


            class Plain: ...


            class Picture(JSONResponse): ...
        """,
    )
    assert is_schema(project, "app.schemas.AccountResponse", "app.api")
    assert not is_schema(project, "app.schemas.Plain", "app.api")
    assert not is_schema(project, "app.models.Account", "app.api")
    assert not is_response(project, "app.schemas.AccountResponse", "app.api")
    assert is_response(project, "app.schemas.Picture", "app.api")
    assert is_response(project, "starlette.responses.StreamingResponse", "app.api")


def test_one_schema_of_that_name_and_its_variants() -> None:
    project = service(
        schemas="""
            from pydantic import BaseModel


            class AccountResponse(BaseModel): ...
            class AccountResponseShort(BaseModel): ...
            class ShortAccountResponse(BaseModel): ...
            class AccountRead(BaseModel): ...
            class AccountTypeResponse(BaseModel): ...
            class AccountCreateRequest(BaseModel): ...
            class AccountSummaryRow(BaseModel): ...
            class BulkAccountListResponse(BaseModel): ...
        """
    )
    assert names(project) == (
        ["AccountResponse"],
        ["AccountRead", "AccountResponseShort", "ShortAccountResponse"],
    )
    assert names(project, "AccountType") == (["AccountTypeResponse"], [])


def test_several_of_one_name() -> None:
    text = "from pydantic import BaseModel\n\n\nclass AccountResponse(BaseModel): ...\n"
    project = service(schemas__one=text, schemas__two=text)
    assert names(project)[0] == ["AccountResponse", "AccountResponse"]


def test_a_schema_of_the_tests_does_not_count() -> None:
    text = "from pydantic import BaseModel\n\n\nclass AccountResponse(BaseModel): ...\n"
    assert names(service(schemas=text, tests__schemas=text))[0] == ["AccountResponse"]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ("id: int\n    name: str\n    label: str", ()),
        ("company: str", ("company",)),
        ("company: str | None = None", ()),
        ("company: str = Field(...)", ("company",)),
        ("company: str = Field(default='')", ()),
        ("company: str = Field('')", ()),
        ("company: str = Field(validation_alias='name')", ()),
        ("company: ClassVar[str]", ()),
        ("_company: str", ()),
        (
            "company: str\n\n    @model_validator(mode='before')\n    def fill(cls, values): ...",
            (),
        ),
    ],
)
def test_fields_that_an_orm_class_does_not_have(fields: str, missing: tuple[str, ...]) -> None:
    project = service(
        schemas=f"""from typing import ClassVar

from pydantic import BaseModel, Field, model_validator


class Base(BaseModel):
    model_config = {{"from_attributes": True}}


class AccountResponse(Base):
    {fields}
"""
    )
    schema = project.find("app.schemas.AccountResponse")
    model = orm_class(project, "app.models.Account", "app.api")
    assert schema is not None
    assert model is not None
    assert missing_fields(project, schema, model) == missing


def test_a_base_that_adds_columns_of_its_own() -> None:
    project = service(
        models="""
            from sqlalchemy import Column, Integer
            from sqlalchemy.orm import declarative_base


            class Common:
                id = Column(Integer, primary_key=True)


            Base = declarative_base(cls=Common)


            class Account(Base):
                __tablename__ = "accounts"
        """,
        schemas="from pydantic import BaseModel\n\n\nclass AccountResponse(BaseModel):\n    id: int\n",
    )
    assert names(project)[0] == ["AccountResponse"]


def test_how_a_name_is_imported() -> None:
    project = Project(
        summarise(SourceFile.from_text(path, ""))
        for path in ("services/pay/app/models.py", "other/__init__.py", "other/app/models.py")
    )
    assert importable_name(project, "services.pay.app.models.A") == "app.models.A"
    assert importable_name(project, "other.app.models.A") == "other.app.models.A"
    assert importable_name(project, "app.models.A") == "app.models.A"
