"""The sections of the handbook, and how a block is written anew."""

from tests.rules.organization.importing_file import check
from turnstay_lint.project.settings import Settings


def test_the_sections_of_the_handbook() -> None:
    check.clean(
        """
        # Standard library
        import datetime
        from collections.abc import AsyncGenerator

        # Third-party packages (alphabetical)
        from fastapi import APIRouter, Depends, HTTPException
        from pydantic import BaseModel, Field
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        # Local imports - core modules
        from app import constants, settings
        from app.core.auth.descope import get_token_from_request

        # Local imports - API modules
        from app.api import deps
        from app.api.utils.db_utils import refresh_and_return

        # Local imports - models and schemas
        from app.models import Account, Company
        from app.schemas.requests import AccountCreateRequest
        from app.schemas.responses import AccountResponse
        """
    )


def test_local_sections_without_a_blank_line_and_in_any_order_inside() -> None:
    check.clean(
        """
        from httpx import AsyncClient

        from app.api import deps
        from app.models import Company
        from app.tests.fixtures.mocks.auth_mocks import mock_auth_success
        from app.tests.fixtures.add_fixtures_to_db import add_company_to_db, add_account_to_db
        """
    )


def test_names_of_one_statement_in_any_order() -> None:
    check.clean("from pydantic import model_validator, BaseModel, EmailStr\n")


def test_every_section_upside_down() -> None:
    check.flags(
        """
        from .deps import guard
        «from app.tests import samples»
        from app.schemas.responses import AccountResponse
        from app.models import Account
        from app.api import deps
        from app.core.database import Base
        from app import constants
        from sqlalchemy import select
        import fastapi
        from collections.abc import Iterator
        import os

        uses = (os, fastapi)
        """,
        after="""
        import os
        from collections.abc import Iterator

        import fastapi
        from sqlalchemy import select

        from app import constants
        from app.core.database import Base

        from app.api import deps

        from app.models import Account
        from app.schemas.responses import AccountResponse

        from app.tests import samples

        from .deps import guard

        uses = (os, fastapi)
        """,
        message="`app.tests` (local tests) belongs above the relative imports",
    )


def test_no_blank_line_between_standard_library_and_third_party() -> None:
    check.flags(
        """
        from collections.abc import Iterator
        «from fastapi import APIRouter»

        from app import constants
        """,
        after="""
        from collections.abc import Iterator

        from fastapi import APIRouter

        from app import constants
        """,
        message="a blank line belongs between standard library and third party imports",
    )


def test_no_blank_line_between_third_party_and_local() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        # what we share
        «from app import constants»
        """,
        after="""
        from fastapi import APIRouter

        # what we share
        from app import constants
        """,
        message="between third party and local",
    )


def test_third_party_out_of_the_alphabet() -> None:
    check.flags(
        """
        from sqlalchemy import select
        «from fastapi import APIRouter»
        """,
        after="""
        from fastapi import APIRouter
        from sqlalchemy import select
        """,
        message="`fastapi` belongs above `sqlalchemy`: third party is alphabetical",
    )


def test_third_party_in_an_order_that_isort_or_a_dictionary_has() -> None:
    check.clean("from psycopg2 import connect\nfrom psycopg.sql import SQL\n")
    check.clean("from psycopg.sql import SQL\nfrom psycopg2 import connect\n")
    check.clean("from a9 import x\nfrom a10 import y\nfrom B1 import z\n")


def test_import_and_from_interleaved() -> None:
    check.clean(
        """
        import alembic
        from fastapi import APIRouter
        import httpx
        from sqlalchemy import select
        """
    )


def test_force_sort_within_sections() -> None:
    check.with_(settings=Settings(force_sort_within_sections=True)).flags(
        """
        from sqlalchemy import select
        import httpx
        «from fastapi import APIRouter»

        client = httpx.Client()
        """,
        after="""
        from fastapi import APIRouter
        import httpx
        from sqlalchemy import select

        client = httpx.Client()
        """,
    )


def test_a_blank_line_inside_a_section_is_nobodys_business() -> None:
    check.clean("import abc\n\nimport os\n\nfrom fastapi import APIRouter\n")


def test_the_future_needs_no_blank_line_but_gets_one() -> None:
    check.clean("from __future__ import annotations\nimport os\n")
    check.flags(
        """
        from __future__ import annotations
        from fastapi import APIRouter
        «from collections.abc import Iterator»
        """,
        after="""
        from __future__ import annotations

        from collections.abc import Iterator

        from fastapi import APIRouter
        """,
    )


def test_several_modules_in_one_statement_are_parted() -> None:
    check.flags(
        """
        «import os, httpx, abc»

        uses = (os, httpx, abc)
        """,
        after="""
        import abc
        import os

        import httpx

        uses = (os, httpx, abc)
        """,
    )


def test_statements_of_one_module_are_joined_and_their_names_sorted() -> None:
    check.flags(
        """
        from app.models import Company
        from app.models import Account, ACTIVE, find as find_account
        from app.models import Company
        «from app.api import deps»
        """,
        after="""
        from app.api import deps

        from app.models import ACTIVE, Account, Company, find as find_account
        """,
    )


def test_wrapping_is_blacks() -> None:
    check.flags(
        """
        from app.models import AccountStatement, CompanyStatement
        from app.models import PaymentIntentLedgerStatementLine
        «from app.api import (
            deps,
        )»
        from sqlalchemy import (select,
            update)
        """,
        after="""
        from sqlalchemy import select, update

        from app.api import (
            deps,
        )

        from app.models import (
            AccountStatement,
            CompanyStatement,
            PaymentIntentLedgerStatementLine,
        )
        """,
    )


def test_backslashes_go() -> None:
    check.flags(
        """
        from sqlalchemy import select, \\
            update
        «from fastapi import APIRouter»
        """,
        after="""
        from fastapi import APIRouter
        from sqlalchemy import select, update
        """,
    )
