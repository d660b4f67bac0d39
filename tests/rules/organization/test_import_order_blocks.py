"""Which imports TSL001 puts in order together, and what goes with them."""

import pytest

from tests.rules.organization.importing_file import check


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


UNORDERED = "from sqlalchemy import select\n«from fastapi import APIRouter»\n"


@pytest.mark.parametrize(
    "said",
    [
        "# Generated by the protocol buffer compiler.  DO NOT EDIT!",
        "# GENERATED FILE. PLEASE DON'T MODIFY.",
        "# This file is auto-generated.\n# Do not edit it by hand.",
        "# Do not edit: it is generated by openapi-generator.",
        "# @generated by protoc",
        "# Generated from Sql.g4 by ANTLR 4.13.1",
        "# generated by datamodel-codegen:\n#   filename:  api.json",
    ],
)
def test_a_file_that_a_program_writes(said: str) -> None:
    check.clean(f"{said}\n{UNORDERED.replace('«', '').replace('»', '')}")


@pytest.mark.parametrize(
    "said",
    [
        "# The client is generated from this schema.",
        "# Generated by hand from the list of the bank.",
        "# ### commands auto generated by Alembic - please adjust! ###",
        'HEADER = """\n# Generated by us. DO NOT EDIT!\n"""',
        "# Do not edit the rows below.",
    ],
)
def test_a_file_that_only_speaks_of_generated_ones(said: str) -> None:
    assert len(check.findings(f"{UNORDERED}\n{said}\n".replace("«", "").replace("»", ""))) == 1
