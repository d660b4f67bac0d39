"""What comes from an installed package counts the same in every front end, and nothing runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.frontends.service import written
from tests.frontends.test_agreement import Place, command_line, every_host

PACKAGE = {
    "companylib/__init__.py": "from .db import CompanyBase, CompanySession\n",
    "companylib/db.py": """
        from sqlalchemy import ForeignKey
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

        open({written!r}, "w").close()


        class CompanyBase(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)

            @declared_attr
            def __tablename__(cls) -> str:
                return cls.__name__.lower()

            @declared_attr
            def company_id(cls) -> Mapped[int]:
                return mapped_column(ForeignKey("company.id"))


        class CompanySession(AsyncSession): ...
    """,
}
SERVICE = {
    "app/__init__.py": "",
    "app/models.py": """\
        from companylib import CompanyBase


        class Company(CompanyBase): ...


        class Account(CompanyBase): ...
    """,
    "app/api/endpoints/accounts.py": """\
        from companylib import CompanySession
        from fastapi import APIRouter
        from sqlalchemy import select

        from app.models import Account

        router = APIRouter()


        @router.get("/account", response_model=Account)
        async def get_account(id: int, session: CompanySession):
            return await session.scalar(select(Account).where(Account.id == id))
    """,
}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service whose models and session derive from those of an installed package."""
    site = tmp_path / "site"
    for path, text in PACKAGE.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = dedent(text)
        file.write_text(text.replace("{written!r}", repr(str(tmp_path / "written"))), "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{site}:{Path(__file__).parents[2]}")
    return written(tmp_path / "service", SERVICE)


def test_the_packages_base_makes_a_model_with_its_columns(service: Path) -> None:
    found = {(place[0].rpartition("/")[2], place[1], place[3]) for place in command_line(service)}
    assert ("accounts.py", 10, "TSL102") in found
    assert any(code in ("TSL301", "TSL302") for _, _, code in found), found
    assert not (service.parent / "written").exists(), "the package was imported"


def test_no_rule_guesses_where_it_is_switched_off(service: Path) -> None:
    written(service, {"pyproject.toml": "[tool.turnstay-lint]\nresolve-installed = false\n"})
    assert command_line(service) == []


@pytest.mark.slow
@every_host
def test_every_front_end_says_the_same(service: Path, host: Callable[[Path], list[Place]]) -> None:
    assert host(service) == command_line(service)
    assert not (service.parent / "written").exists(), "the package was imported"
