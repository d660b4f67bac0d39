import pytest

from tests.harness import Check

check = Check(
    "TSL802",
    path="app/core/middleware/own.py",
    others={
        "app/core/middleware/base.py": """
            from starlette.middleware.base import BaseHTTPMiddleware

            class Base(BaseHTTPMiddleware):
                pass
            """
    },
)
HEAD = """
from elsewhere import Unknown
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request

from app.core.middleware.base import Base


"""


def own(method: str, base: str = "BaseHTTPMiddleware") -> str:
    return f"{HEAD}class Own({base}):\n    {method}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "«async def dispatch»(self, req: Request, handler):\n        return await handler(req)",
            "async def dispatch(self, request: Request, call_next):\n"
            "        return await call_next(request)",
        ),
        (
            "«async def dispatch»(self, request, next):\n"
            "        answer = lambda: next(request)\n        return await answer()",
            "async def dispatch(self, request, call_next):\n"
            "        answer = lambda: call_next(request)\n        return await answer()",
        ),
        (
            "«def dispatch»(self, request, call_next):\n        return call_next(request)",
            "async def dispatch(self, request, call_next):\n        return await call_next(request)",
        ),
        (
            "«def dispatch»(self, request, handler):\n        return handler(request).body",
            "async def dispatch(self, request, call_next):\n"
            "        return (await call_next(request)).body",
        ),
    ],
)
def test_what_the_handbook_writes_otherwise(before: str, after: str) -> None:
    check.flags(own(before), after=own(after), scope="Own.dispatch")


def test_a_base_of_the_services_own() -> None:
    before = "«async def dispatch»(self, req, call_next):\n        return await call_next(req)"
    after = "async def dispatch(self, request, call_next):\n        return await call_next(request)"
    check.flags(own(before, "Base"), after=own(after, "Base"))


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("«async def dispatch»(self, request):\n        ...", "only its author knows"),
        ("«async def dispatch»(self, request, call_next, x=1):\n        ...", "only its author"),
        ("«async def dispatch»(self, *args):\n        ...", "only its author knows"),
        ("«async def dispatch»(self, call_next, request):\n        ...", "the other way round"),
        (
            "«async def dispatch»(self, req, call_next):\n        request = req\n        return 1",
            "the name request is taken",
        ),
        (
            "«async def dispatch»(self, req, call_next):\n        req = req.url\n        return 1",
            "req is bound again",
        ),
        (
            "«async def dispatch»(self, req, call_next):\n        return f'{req}'",
            "used in an f-string",
        ),
        (
            "«async def dispatch»(self, req, call_next):\n        return lambda req: req",
            "req is bound again",
        ),
    ],
)
def test_what_only_its_author_can_write(method: str, reason: str) -> None:
    check.flags(own(method), after=None, reason=reason)


@pytest.mark.parametrize(
    ("method", "base"),
    [
        ("async def dispatch(self, request: Request, call_next): ...", "BaseHTTPMiddleware"),
        ("async def handle(self, req): ...", "BaseHTTPMiddleware"),
        ("@traced\n    def dispatch(self, *args): ...", "BaseHTTPMiddleware"),
        ("def dispatch(self, event): ...", "Unknown"),
        ("def dispatch(self, event): ...", "object"),
    ],
)
def test_other_methods(method: str, base: str) -> None:
    check.clean(own(method, base))


def test_a_function_under_a_decorator_takes_what_it_likes() -> None:
    check.clean(
        'from app.main import app\n\n\n@app.middleware("http")\n'
        "async def dispatch(req, handler):\n    return await handler(req)\n"
    )
