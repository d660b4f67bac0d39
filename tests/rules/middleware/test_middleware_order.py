import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL801", path="app/main.py")
HEAD = """
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.sessions import SessionMiddleware as Sessions

from app.core import middleware
from app.core.middleware import AuthenticationMiddleware, LoggingMiddleware, Unknown

app = FastAPI()
"""
LOGGING = "app.add_middleware(LoggingMiddleware)\n"
AUTHENTICATION = "app.add_middleware(AuthenticationMiddleware)\n"
SESSIONS = 'app.add_middleware(Sessions, secret_key="x")\n'
CORS = 'app.add_middleware(CORSMiddleware, allow_origins=["*"])\n'
UNKNOWN = "app.add_middleware(Unknown)\n"


def marked(line: str) -> str:
    return f"«{line.rstrip()}»\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CORS + marked(LOGGING), LOGGING + CORS),
        (CORS + marked(SESSIONS) + marked(AUTHENTICATION), AUTHENTICATION + SESSIONS + CORS),
        (CORS + UNKNOWN + marked(LOGGING), LOGGING + UNKNOWN + CORS),
        (
            "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=[],\n)  # last\n"
            "\n«app.add_middleware(LoggingMiddleware)»  # first\n",
            "app.add_middleware(LoggingMiddleware)  # first\n"
            "\napp.add_middleware(\n    CORSMiddleware,\n    allow_origins=[],\n)  # last\n",
        ),
        (
            SESSIONS + marked("app.add_middleware(middleware.DatabaseSessionMiddleware)"),
            "app.add_middleware(middleware.DatabaseSessionMiddleware)\n" + SESSIONS,
        ),
    ],
)
def test_calls_out_of_order(before: str, after: str) -> None:
    check.flags(HEAD + before, after=HEAD + after, unsafe=True, message="belongs before it")


def test_calls_of_a_function() -> None:
    head = HEAD + "\n\ndef add_all(app: FastAPI) -> None:\n    "
    check.flags(
        head + CORS + "    " + marked(LOGGING), after=head + LOGGING + "    " + CORS, unsafe=True
    )


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        ("print(app)\n", "do not stand beneath each other"),
        ("# the rest\n", "a comment stands between"),
    ],
)
def test_calls_that_are_no_neighbours(between: str, reason: str) -> None:
    check.flags(HEAD + CORS + between + marked(LOGGING), after=None, reason=reason)


def test_two_calls_of_a_line() -> None:
    text = f"{CORS.rstrip()}; {marked(LOGGING)}"
    check.flags(HEAD + text, after=None, reason="shares its line")


def test_a_call_on_a_condition() -> None:
    text = f"{CORS}if app.debug:\n    {marked(LOGGING)}"
    check.flags(HEAD + text, after=None, reason="do not stand beneath each other")


@pytest.mark.parametrize(
    "text",
    [
        LOGGING + AUTHENTICATION + SESSIONS + CORS,
        LOGGING + UNKNOWN + CORS,
        UNKNOWN + LOGGING,
        CORS,
        CORS + "other = FastAPI()\n" + LOGGING.replace("app.", "other."),
        CORS + "\n\ndef make(app):\n    " + LOGGING,
        CORS + "app.add_route(LoggingMiddleware)\n",
    ],
)
def test_calls_in_order(text: str) -> None:
    check.clean(HEAD + text)


def test_the_order_of_a_service() -> None:
    settings = Settings(middleware_order=("CORS*", "Logging*"))
    made = check.with_(settings=settings)
    made.clean(HEAD + CORS + LOGGING)
    made.flags(HEAD + LOGGING + marked(CORS), after=HEAD + CORS + LOGGING, unsafe=True)
