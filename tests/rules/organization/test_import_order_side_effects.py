"""Imports that must not change places: side effects, two of one name, stars."""

import pytest

from tests.rules.organization.importing_file import check
from turnstay_lint.project.settings import Settings

STAYS = "is there for its side effect"


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
