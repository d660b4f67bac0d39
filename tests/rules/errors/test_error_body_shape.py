import pytest

from tests.harness import Check

check = Check("TSL603", path="app/core/handlers/exception_handlers.py")

HANDLER = """
from fastapi import status
from fastapi.responses import JSONResponse, ORJSONResponse, PlainTextResponse


async def on_closed(request, exc):
    {body}
"""
ENDPOINT = """
from fastapi import APIRouter, Response

router = APIRouter()


@router.get("/account")
async def get_account(id: int, response: Response):
    {body}
"""


@pytest.mark.parametrize(
    ("content", "mended"),
    [
        ('{"message": "Closed"}', '{"detail": "Closed"}'),
        ('{"error": str(exc), "code": 7}', '{"detail": str(exc), "code": 7}'),
        ('{"success": False, "msg": f"{exc}"}', '{"success": False, "detail": f"{exc}"}'),
        ('{"problem": "Closed"}', '{"detail": "Closed"}'),
        ('"Closed"', '{"detail": "Closed"}'),
        ('f"{exc} closed"', '{"detail": f"{exc} closed"}'),
    ],
)
def test_a_message_under_another_key(content: str, mended: str) -> None:
    check.flags(
        HANDLER.format(body=f"return «JSONResponse(status_code=400, content={content})»"),
        after=HANDLER.format(body=f"return JSONResponse(status_code=400, content={mended})"),
        scope="on_closed",
        message="the body of JSONResponse 400",
    )


def test_a_body_by_place_and_in_a_variable() -> None:
    check.flags(
        HANDLER.format(
            body="""body = {
        "error": "The account is closed",  # for clients
        "request_id": request.id,
    }
    return «ORJSONResponse(body, status.HTTP_423_LOCKED)»"""
        ),
        after=HANDLER.format(
            body="""body = {
        "detail": "The account is closed",  # for clients
        "request_id": request.id,
    }
    return ORJSONResponse(body, status.HTTP_423_LOCKED)"""
        ),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"error": "closed", "message": "The account is closed"}', "several of its keys"),
        ('{"error": {"code": 7}}', "no key holds a message"),
        ('{"code": 7}', "no key holds a message"),
        ("{}", "no key holds a message"),
        ('["closed"]', "no place for a sentence"),
    ],
)
def test_a_body_whose_message_a_person_has_to_say(content: str, reason: str) -> None:
    check.flags(
        HANDLER.format(body=f"return «JSONResponse({content}, status_code=400)»"),
        after=None,
        reason=reason,
    )


@pytest.mark.parametrize(
    "body",
    [
        'return JSONResponse(status_code=400, content={"detail": "Closed"})',
        'return JSONResponse(status_code=400, content={"detail": str(exc), "error": "closed"})',
        'return JSONResponse(status_code=400, content={**exc.body, "error": "closed"})',
        'return JSONResponse(status_code=400, content={request.key: "closed"})',
        "return JSONResponse(status_code=400, content=exc.body)",
        "return JSONResponse(status_code=400, content=body_of(exc))",
        'return JSONResponse(status_code=200, content={"message": "Closed"})',
        'return JSONResponse(status_code=exc.status_code, content={"message": "Closed"})',
        'return JSONResponse({"message": "Closed"})',
        'return PlainTextResponse("Closed", status_code=400)',
        'return JSONResponse({"error": "invalid_grant", "error_description": "x"}, 400)',
        'return JSONResponse({"jsonrpc": "2.0", "error": {"code": 1}}, status_code=400)',
        'return JSONResponse({"status": "unhealthy"}, status_code=503)',
        "return JSONResponse(status_code=400, content=None)",
        'body = {"a": 1}\n    body["detail"] = "x"\n    return JSONResponse(body, status_code=400)',
        'return {"error": "closed"}',
    ],
)
def test_bodies_that_are_as_they_should_or_cannot_be_read(body: str) -> None:
    check.clean(HANDLER.format(body=body))


@pytest.mark.parametrize(
    "body",
    [
        '«{"error": "Account not found"}»',
        '«{"success": False, "message": "Account not found"}»',
        '«{"status": "error", "message": f"{id} not found"}»',
        '«{"error": str(id), "code": 404}»',
        '«{"error": "Account not found"}», 404',
    ],
)
def test_an_endpoint_that_answers_with_an_error(body: str) -> None:
    check.flags(
        ENDPOINT.format(body=f"return {body}"),
        after=None,
        reason="raise an HTTPException",
        scope="get_account",
        message="get_account returns an error without detail",
    )


def test_an_endpoint_that_sets_the_status_itself() -> None:
    check.flags(
        ENDPOINT.format(
            body="""response.status_code = 404
    return «{"error": "Account not found"}»"""
        ),
        after=ENDPOINT.format(
            body="""response.status_code = 404
    return {"detail": "Account not found"}"""
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        '{"detail": "Account not found"}',
        '{"error": None}',
        '{"error": find_error(id)}',
        '{"error": "", "success": True}',
        '{"success": True, "message": "Renamed"}',
        '{"status": "ok"}',
        '{"error": "x", "accounts": []}',
        '{"message": "Welcome"}',
        '{"error": "x", **extra}',
    ],
)
def test_an_endpoint_that_answers_what_was_asked(body: str) -> None:
    check.clean(ENDPOINT.format(body=f"return {body}"))


def test_a_function_that_is_no_endpoint_may_return_what_it_likes() -> None:
    check.clean('def get_account(id):\n    return {"error": "Account not found"}\n')


def test_a_response_of_the_service_s_own() -> None:
    check.clean(
        """
        class JSONResponse:
            pass


        def on_closed(request, exc):
            return JSONResponse(status_code=400, content={"message": "Closed"})
        """
    )


def test_tests_may_answer_what_they_like() -> None:
    body = 'return JSONResponse(status_code=400, content={"message": "Closed"})'
    check.with_(path="app/tests/test_handlers.py").clean(HANDLER.format(body=body))
