import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL001", path="app/api/endpoints/accounts.py")
STAYS = "is there for its side effect"


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


def test_comments_above_and_beside_go_with_their_import() -> None:
    check.flags(
        """
        # The service.

        from sqlalchemy import select  # queries
        # for endpoints
        # of all kinds
        «from fastapi import (
            # keep first
            APIRouter,
            Depends,  # for guards
        )»
        from alembic import op  # noqa: F401

        # below the imports
        value = 1
        """,
        after="""
        # The service.

        from alembic import op  # noqa: F401

        # for endpoints
        # of all kinds
        from fastapi import (
            # keep first
            APIRouter,
            Depends,  # for guards
        )
        from sqlalchemy import select  # queries

        # below the imports
        value = 1
        """,
    )


def test_headings_stay_above_their_sections() -> None:
    check.flags(
        """
        # Third-party packages (alphabetical)
        from sqlalchemy import select
        # Standard library
        «from collections.abc import Iterator»
        # Local imports - models and schemas
        from app.models import Account
        from fastapi import APIRouter
        # ----------
        # Local imports - API modules
        # ----------
        from app.api import deps
        """,
        after="""
        # Standard library
        from collections.abc import Iterator

        # Third-party packages (alphabetical)
        from fastapi import APIRouter
        from sqlalchemy import select

        # ----------
        # Local imports - API modules
        # ----------
        from app.api import deps

        # Local imports - models and schemas
        from app.models import Account
        """,
    )


def test_what_heads_the_file_stays() -> None:
    check.flags(
        """\
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        from sqlalchemy import select
        «from fastapi import APIRouter»
        """,
        after="""\
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        from fastapi import APIRouter
        from sqlalchemy import select
        """,
    )


def test_blocks_in_functions_type_checking_and_try() -> None:
    check.flags(
        """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from app.models import Account
            «from fastapi import APIRouter»

        try:
            import ujson
            «import orjson»
        except ImportError:
            ujson = orjson = None


        class Loader:
            async def load(self, router: "APIRouter") -> "Account":
                # only when asked for
                from app.core import clock
                «import time»

                return clock.at(time.time(), ujson, orjson)
        """,
        after="""
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from fastapi import APIRouter

            from app.models import Account

        try:
            import orjson
            import ujson
        except ImportError:
            ujson = orjson = None


        class Loader:
            async def load(self, router: "APIRouter") -> "Account":
                import time

                # only when asked for
                from app.core import clock

                return clock.at(time.time(), ujson, orjson)
        """,
    )


def test_a_finding_names_its_function() -> None:
    found = check.flags(
        """
        class Loader:
            def load(self):
                from sqlalchemy import select
                «from fastapi import APIRouter»
        """,
        after="""
        class Loader:
            def load(self):
                from fastapi import APIRouter
                from sqlalchemy import select
        """,
        scope="Loader.load",
    )
    assert len(found) == 1


def test_an_import_whose_name_nothing_uses() -> None:
    check.flags(
        """
        import app.models
        «import datetime»

        now = datetime.datetime.now()
        """,
        after=None,
        reason="`import app.models` is there for its side effect",
    )


def test_a_side_effect_that_no_import_has_to_pass() -> None:
    check.flags(
        """
        import app.models
        from app.schemas.responses import b
        from app.tests import c
        «from app.schemas.requests import a»
        """,
        after="""
        import app.models
        from app.schemas.requests import a
        from app.schemas.responses import b

        from app.tests import c
        """,
    )


@pytest.mark.parametrize(
    "use",
    ["httpx.get()", '__all__ = ["httpx"]', 'client: "httpx.Client"', "del httpx", "use(x=httpx)"],
)
def test_a_name_that_is_used_somehow(use: str) -> None:
    assert check.fixed(f"import httpx\nimport abc as a\n\n{use}\na\n").startswith("import abc")


def test_a_packages_own_file_imports_for_others() -> None:
    check.with_(path="app/__init__.py").flags(
        """
        import app.models
        «import datetime»
        """,
        after="""
        import datetime

        import app.models
        """,
    )


def test_a_module_that_is_listed_for_its_side_effects() -> None:
    listed = Settings(side_effect_imports=("app.core.patches",))
    check.with_(settings=listed).flags(
        """
        from app.core.patches import gevent
        «from fastapi import APIRouter»
        """,
        after=None,
        reason=STAYS,
    )


def test_a_name_that_two_imports_bind() -> None:
    check.flags(
        """
        from sqlalchemy import select
        «from selectors import select»
        """,
        after=None,
        reason="`select` is imported twice, and the last import wins",
    )


def test_a_star() -> None:
    check.flags(
        """
        from sqlalchemy import *
        «from fastapi import *»
        """,
        after=None,
        reason="may bind names that the others bind too",
    )


def test_nothing_goes_over_other_code() -> None:
    check.flags(
        """
        from app import settings

        settings.load()

        «from fastapi import APIRouter»
        """,
        after=None,
        reason="other code stands between",
    )


def test_a_block_below_other_code_is_sorted_in_itself() -> None:
    check.flags(
        """
        from app import settings

        settings.load()

        from sqlalchemy import select
        «from fastapi import APIRouter»
        """,
        after="""
        from app import settings

        settings.load()

        from fastapi import APIRouter
        from sqlalchemy import select
        """,
    )


def test_sys_path_is_edited_in_between() -> None:
    check.clean(
        """
        import sys

        from app import settings

        sys.path.insert(0, settings.ROOT)

        import reports
        """
    )


def test_an_import_below_a_function_is_late_on_purpose() -> None:
    check.clean(
        """
        from app.models import Account


        def first(): ...


        from app.core.database import Base  # noqa: E402
        """
    )


def test_two_statements_on_a_line() -> None:
    check.flags(
        "import sqlalchemy; «import fastapi»; x = fastapi, sqlalchemy\n",
        after=None,
        reason="shares its line",
    )


def test_a_block_that_black_leaves_alone() -> None:
    check.flags(
        """
        from sqlalchemy import select
        # fmt: off
        «from fastapi import APIRouter»
        """,
        after=None,
        reason="turns the formatter off",
    )


@pytest.mark.parametrize("mark", ["isort: skip_file", "isort:skip_file"])
def test_isort_skips_the_file(mark: str) -> None:
    check.clean(f"# {mark}\nfrom sqlalchemy import a\nimport os\n")


def test_isort_is_off_between_two_comments() -> None:
    check.clean(
        """
        from app import settings
        # isort: off
        import os
        from app.models import b
        from app.core import a
        # isort: on
        from app.models import Account
        """
    )


def test_isort_is_off_to_the_end() -> None:
    check.clean("# isort: off\nfrom sqlalchemy import a\nimport os\n")


def test_isort_skips_a_statement() -> None:
    check.clean(
        """
        from app import settings
        import os  # isort: skip
        from fastapi import (  # isort:skip
            APIRouter,
        )
        from sqlalchemy import select
        """
    )


def test_isort_begins_anew() -> None:
    check.clean("from sqlalchemy import a\n# isort: split\nimport os\n")


def test_a_suppression() -> None:
    check.clean("from sqlalchemy import a\nfrom fastapi import b  # noqa: TSL001\n")
    check.clean(
        "from sqlalchemy import a\nfrom fastapi import b  # turnstay: ignore[import-order]\n"
    )


def test_tabs_carriage_returns_and_other_letters() -> None:
    before = (
        '"""Ünïcode."""\r\n\r\nimport zebra as ž\r\nfrom app.models import (\r\n\tä,\r\n)\r\n'
        "from fastapi import x\r\n\r\nuse = ž\r\n\r\n\r\ndef f():\r\n\tfrom b import c\r\n"
        "\tfrom a import d\r\n"
    )
    after = (
        '"""Ünïcode."""\r\n\r\nimport zebra as ž\r\nfrom fastapi import x\r\n\r\n'
        "from app.models import (\r\n\tä,\r\n)\r\n\r\nuse = ž\r\n\r\n\r\ndef f():\r\n"
        "\tfrom a import d\r\n\tfrom b import c\r\n"
    )
    assert check.fixed(before) == after


def test_the_last_line_has_no_end() -> None:
    assert check.fixed("from b import x\nfrom a import y") == "from a import y\nfrom b import x"


SERVICE = {
    "app/main.py": "",
    "alembic/env.py": "",
    "scripts/__init__.py": "",
    "scripts/tools.py": "",
    "docker/healthcheck.py": "",
    "toolbox/sheets.py": "",
    "app/core/redis.py": "",
    "app/tests/__init__.py": "",
    "tests/samples.py": "",
    "lonely.py": "",
}


@pytest.mark.parametrize(
    ("statement", "local"),
    [
        ("from app.core import redis", True),
        ("from scripts import tools", True),
        ("import scripts.tools", True),
        ("from toolbox import sheets", True),
        ("from toolbox.sheets import rows", True),
        ("import lonely", True),
        ("from tests.samples import rows", True),
        ("from alembic import op", False),
        ("import docker", False),
        ("from docker import errors", False),
        ("import redis", False),
        ("from unknown import thing", False),
    ],
)
def test_what_is_local(statement: str, local: bool) -> None:
    among = Check("TSL001", path="app/api/deps.py", others=SERVICE)
    found = among.findings(f"from aardvark import x\n\n{statement}\n\nfrom zoo import y\n")
    assert bool(found) is local


def test_local_and_third_party_by_configuration() -> None:
    source = "from aardvark import x\n\nfrom shared import a\n\nfrom zoo import y\n"
    check.clean(source)
    named = check.with_(settings=Settings(known_first_party=("shared",)))
    assert named.findings(source)
    other = Check("TSL001", others={"scripts/__init__.py": ""})
    source = source.replace("shared", "scripts")
    assert other.findings(source)
    other.with_(settings=Settings(known_third_party=("scripts",))).clean(source)


def test_a_service_that_is_not_called_app() -> None:
    named = check.with_(path="guesthouse/api/deps.py", settings=Settings(app="guesthouse"))
    named.flags(
        """
        from guesthouse.models import Account
        «from guesthouse.core import clock»
        """,
        after="""
        from guesthouse.core import clock

        from guesthouse.models import Account
        """,
    )


def test_modules_of_other_pythons_are_the_standard_librarys() -> None:
    check.clean("import annotationlib\nimport distutils\nimport telnetlib\n\nimport fastapi\n")


UNORDERED = "from sqlalchemy import select\n«from fastapi import APIRouter»\n"


@pytest.mark.parametrize(
    "said",
    [
        "# Generated by the protocol buffer compiler.  DO NOT EDIT!",
        "# GENERATED FILE. PLEASE DON'T MODIFY.",
        "# This file is auto-generated.\n# Do not edit it by hand.",
        "# Do not edit: it is generated by openapi-generator.",
        "# @generated by protoc",
    ],
)
def test_a_file_that_a_program_writes(said: str) -> None:
    check.clean(f"{said}\n{UNORDERED.replace('«', '').replace('»', '')}")


@pytest.mark.parametrize(
    "said",
    [
        "# The client is generated from this schema.",
        "# ### commands auto generated by Alembic - please adjust! ###",
        'HEADER = """\n# Generated by us. DO NOT EDIT!\n"""',
        "# Do not edit the rows below.",
    ],
)
def test_a_file_that_only_speaks_of_generated_ones(said: str) -> None:
    assert len(check.findings(f"{UNORDERED}\n{said}\n".replace("«", "").replace("»", ""))) == 1


def test_a_module_of_the_standard_library_has_no_side_effect_that_others_see() -> None:
    check.flags(
        """
        import grpc
        «import warnings»

        grpc.server()
        """,
        after="""
        import warnings

        import grpc

        grpc.server()
        """,
    )
