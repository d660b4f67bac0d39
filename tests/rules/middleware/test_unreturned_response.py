import pytest

from tests.harness import Check

check = Check("TSL803", path="app/core/middleware/own.py")
HEAD = """
import asyncio

from starlette.middleware.base import BaseHTTPMiddleware

from app.main import app


"""


def own(body: str, signature: str = "async def dispatch(self, request, call_next)") -> str:
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    return f"{HEAD}class Own(BaseHTTPMiddleware):\n    {signature}:\n{lines}"


@pytest.mark.parametrize(
    "body",
    [
        "return «call_next(request)»",
        "response = «call_next(request)»\nreturn response",
        "«call_next(request)»\nreturn 1",
        "if (response := «call_next(request)»):\n    return response\nreturn 1",
    ],
)
def test_a_response_that_nobody_awaits(body: str) -> None:
    marked = own(body)
    check.flags(marked, after=marked.replace("«", "await ").replace("»", ""), message="not awaited")


def test_a_response_that_is_let_go_at_the_end() -> None:
    marked = own("request.state.seen = True\n«await call_next(request)»")
    check.flags(marked, after=marked.replace("«", "return ").replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "response = await call_next(request)",
        "if request.url:\n    return await call_next(request)",
        "try:\n    return await call_next(request)\nexcept ValueError:\n    print(request)",
        "for _ in range(3):\n    return await call_next(request)",
    ],
)
def test_a_way_to_the_end_without_a_response(body: str) -> None:
    marked = own(body, "«async def dispatch»(self, request, call_next)")
    check.flags(marked, after=None, reason="only its author knows", message="may come to the end")


@pytest.mark.parametrize("word", ["return", "return None"])
def test_a_return_without_a_response(word: str) -> None:
    marked = own(f"if request.url:\n    «{word}»\nreturn await call_next(request)")
    check.flags(marked, after=None, reason="only its author knows", message="ends here")


def test_a_function_under_the_applications_decorator() -> None:
    marked = f'{HEAD}@app.middleware("http")\nasync def seen(request, handler):\n    '
    marked += "return «handler(request)»\n"
    check.flags(marked, after=marked.replace("«", "await ").replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "return await call_next(request)",
        "response = await call_next(request)\nreturn response",
        "return await asyncio.wait_for(call_next(request), 5)",
        "answer = call_next(request)\nreturn await asyncio.wait_for(answer, 5)",
        "answer = call_next(request)\nreturn await answer",
        "try:\n    return await call_next(request)\nexcept ValueError:\n    raise",
        "async with app.session() as session:\n    return await call_next(request)",
        "if request.url:\n    return 1\nelse:\n    return await call_next(request)",
        "raise NotImplementedError",
        "...",
        "def later():\n    return call_next(request)\nreturn await later()",
    ],
)
def test_a_response_on_every_way(body: str) -> None:
    check.clean(own(body))


def test_one_that_is_not_async() -> None:
    check.clean(own("return call_next(request)", "def dispatch(self, request, call_next)"))


def test_a_class_that_is_no_middleware() -> None:
    check.clean(own("return call_next(request)").replace("Own(BaseHTTPMiddleware)", "Own"))
