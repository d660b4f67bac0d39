"""TSL101 and its codemod on files of every shape: line ends, comments, nesting, re-exports."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.harness import Check
from tests.rules.endpoints.account_service import SERVICE

check = Check("TSL101", path="app/api/endpoints/accounts.py", others=SERVICE)

PLAIN = """
from fastapi import APIRouter

from app.api import deps

from app.schemas.requests import AccountCreateRequest
from app.schemas.responses import HealthResponse

router = APIRouter()


@router.get("/account")
async def get_account(id: int, company_access: deps.CompanyAccessDep):
    return await company_access.get_account(id)


@router.get("/health", response_model=HealthResponse)
async def get_health(request_data: AccountCreateRequest):
    return HealthResponse(status="ok")
"""
FIXED = PLAIN.replace('("/account")', '("/account", response_model=AccountResponse)').replace(
    "import HealthResponse", "import AccountResponse, HealthResponse"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert check.fixed(PLAIN.replace("\n", end)) == FIXED.replace("\n", end)


def test_tabs() -> None:
    assert check.fixed(PLAIN.replace("    ", "\t")) == FIXED.replace("    ", "\t")


def test_characters_beyond_ascii_before_the_span() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        class Straße:
            größe = "é"

            @«router.get("/ß/😀")»
            async def get_account(self) -> AccountResponse:
                return await find()
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        class Straße:
            größe = "é"

            @router.get("/ß/😀", response_model=AccountResponse)
            async def get_account(self) -> AccountResponse:
                return await find()
        """,
        scope="Straße.get_account",
    )


def test_comments_at_every_place() -> None:
    check.flags(
        """
        # before
        from fastapi import APIRouter  # the framework

        # schemas
        from app.schemas.responses import AccountResponse  # ours

        router = APIRouter()


        # above
        @«router.get(  # opening
            # before the path
            "/account",  # the path
            # before the tags
            tags=[  # of it
                "accounts",
            ],  # after them
            # at the end
        )»  # behind
        # between
        async def get_account() -> AccountResponse:  # head
            return await find()  # body
        """,
        after="""
        # before
        from fastapi import APIRouter  # the framework

        # schemas
        from app.schemas.responses import AccountResponse  # ours

        router = APIRouter()


        # above
        @router.get(  # opening
            # before the path
            "/account",  # the path
            # before the tags
            tags=[  # of it
                "accounts",
            ],  # after them
            response_model=AccountResponse,
            # at the end
        )  # behind
        # between
        async def get_account() -> AccountResponse:  # head
            return await find()  # body
        """,
    )


def test_routes_made_in_a_factory_and_under_a_condition() -> None:
    check.flags(
        """
        from fastapi import APIRouter, FastAPI


        def make_app(debug: bool) -> FastAPI:
            from app.schemas.responses import AccountResponse

            app = FastAPI()

            if debug:

                @«app.get("/account")»
                async def get_account() -> AccountResponse:
                    return await find()

            return app
        """,
        after="""
        from fastapi import APIRouter, FastAPI


        def make_app(debug: bool) -> FastAPI:
            from app.schemas.responses import AccountResponse

            app = FastAPI()

            if debug:

                @app.get("/account", response_model=AccountResponse)
                async def get_account() -> AccountResponse:
                    return await find()

            return app
        """,
        scope="make_app.get_account",
    )


def test_names_that_come_another_way() -> None:
    others = {
        "app/web.py": "from fastapi import APIRouter as Router\n\nrouter = Router()\n",
        "app/answers.py": "from app.schemas.responses import AccountResponse as Account\n",
    }
    check.with_(others=others).flags(
        """
        from app.answers import Account as Answer
        from app.web import router as routes


        @«routes.get("/acc" "ount")»
        async def get_account():
            return Answer(id=1, name="one")
        """,
        after="""
        from app.answers import Account as Answer
        from app.web import router as routes


        @routes.get("/acc" "ount", response_model=Answer)
        async def get_account():
            return Answer(id=1, name="one")
        """,
    )


def test_a_name_that_is_taken() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        router = APIRouter()
        AccountResponse = dict


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
        after=None,
        reason="the name AccountResponse means something else in this file",
    )


def test_two_statements_on_a_line_and_a_body_on_one() -> None:
    before = dedent(
        """
        from fastapi import APIRouter
        from app.schemas.responses import AccountResponse
        router = APIRouter(); other = 1
        def get_account() -> AccountResponse: return find()
        router.add_api_route("/a", get_account); router.add_api_route("/b", (get_account))
        """
    )
    spread = """
router.add_api_route(
    "/a", get_account, response_model=AccountResponse
); router.add_api_route(
    "/b", (get_account), response_model=AccountResponse
)
"""
    assert check.fixed(before) == before[: before.index("router.add")] + spread.lstrip()


@pytest.mark.parametrize(
    "annotation",
    [
        "list[AccountResponse]",
        "dict[str, AccountResponse]",
        "tuple[AccountResponse, ...]",
        "AccountResponse | HealthResponse",
        "Union[AccountResponse, None]",
        "Annotated[AccountResponse, 'of it']",
        "Sequence[AccountResponse]",
        "Answers",
    ],
)
def test_annotations_are_copied(annotation: str) -> None:
    before = f"""
        from collections.abc import Sequence
        from typing import Annotated, Union

        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse, HealthResponse

        Answers = list[AccountResponse]
        router = APIRouter()


        @«router.get("/a")»
        async def get_account() -> {annotation}:
            return await find()
        """
    after = before.replace('«router.get("/a")»', f'router.get("/a", response_model={annotation})')
    check.flags(before, after=after)
