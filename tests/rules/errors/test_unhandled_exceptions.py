import pytest

from tests.harness import Check

check = Check("TSL606", path="app/main.py")
REASON = "a person has to say"

MAIN = """
import logging
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from app.core.handlers import on_error

logger = logging.getLogger(__name__)
router = APIRouter()
{body}
app.include_router(router)
"""
LOGGING = """
import logging
from fastapi.responses import JSONResponse


async def on_error(request, exc):
    logging.error("%s", exc)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})
"""
SILENT = LOGGING.replace('    logging.error("%s", exc)\n', "")
logged = check.with_(others={"app/core/handlers.py": LOGGING})
silent = check.with_(others={"app/core/handlers.py": SILENT})


@pytest.mark.parametrize(
    "body",
    [
        'app = «FastAPI(title="Guesthouse")»',
        "app = «FastAPI()»\napp.add_exception_handler(KeyError, on_error)",
        "app = «FastAPI()»\napp.add_exception_handler(404, on_error)",
        "app = «FastAPI(exception_handlers={KeyError: on_error})»",
        "app = «FastAPI()»\n@app.exception_handler(ValueError)\ndef on_value(r, e):\n    return on_error(r, e)",
    ],
)
def test_an_application_that_takes_not_all(body: str) -> None:
    logged.flags(MAIN.format(body=body), after=None, reason=REASON, message="no handler")


def test_an_application_that_a_function_makes() -> None:
    check.flags(
        """
        import fastapi


        def create_app():
            app = «fastapi.FastAPI()»

            @app.get("/health")
            async def health():
                return "ok"

            return app
        """,
        after=None,
        reason=REASON,
        scope="create_app",
    )


@pytest.mark.parametrize(
    "body",
    [
        "app = FastAPI()\napp.add_exception_handler(Exception, on_error)",
        "app = FastAPI()\napp.add_exception_handler(handler=on_error, exc_class_or_status_code=500)",
        "app = FastAPI(exception_handlers={Exception: on_error})",
        "app = FastAPI(exception_handlers=HANDLERS)",
        "app = FastAPI(**options)",
        "app = FastAPI()\nfor kind, handler in HANDLERS.items():\n    app.add_exception_handler(kind, handler)",
        "app = FastAPI()\n@app.exception_handler(Exception)\nasync def on_all(r, e):\n    logger.error(e)",
        "app = FastAPI()\n@app.middleware('http')\nasync def catch(r, call_next):\n"
        "    try:\n        return await call_next(r)\n    except Exception:\n        return on_error(r)",
    ],
)
def test_an_application_that_takes_all(body: str) -> None:
    logged.clean(MAIN.format(body=body))


def test_a_function_of_the_service_that_registers_for_what_it_is_given() -> None:
    others = {
        "app/core/handlers.py": LOGGING
        + "\n\ndef add_handlers(app):\n    app.add_exception_handler(Exception, on_error)\n"
    }
    check.with_(others=others).clean(MAIN.format(body="app = FastAPI()"))


def test_another_application_s_handler_says_nothing_of_this_one() -> None:
    others = {
        "app/other.py": """
        from fastapi import FastAPI
        from app.core.handlers import on_error

        app = FastAPI()
        app.add_exception_handler(Exception, on_error)
        """
    }
    logged.with_(others=others).flags(MAIN.format(body="app = «FastAPI()»"), after=None)


@pytest.mark.parametrize(("answer", "clean"), [("return None", True), ("raise", False)])
def test_a_middleware_that_catches_all(answer: str, clean: bool) -> None:
    others = {
        "app/core/middleware.py": f"""
        class Catching:
            async def dispatch(self, request, call_next):
                try:
                    return await call_next(request)
                except Exception:
                    {answer}
        """
    }
    body = "from app.core.middleware import Catching\napp = FastAPI()\napp.add_middleware(Catching)"
    assert (not logged.with_(others=others).findings(MAIN.format(body=body))) is clean


@pytest.mark.parametrize(
    "body",
    [
        "app = FastAPI()\n«app.add_exception_handler(Exception, on_error)»",
        "app = «FastAPI(exception_handlers={500: on_error})»",
        "app = FastAPI()\n@«app.exception_handler(Exception)»\nasync def on_all(r, e):\n"
        "    return JSONResponse({'detail': str(e)}, 500)",
    ],
)
def test_a_handler_that_logs_nothing(body: str) -> None:
    silent.flags(MAIN.format(body=body), after=None, reason=REASON, message="logs none of them")


@pytest.mark.parametrize(
    "body",
    [
        "app = FastAPI()\n@app.exception_handler(Exception)\nasync def on_all(r, e):\n    return answer(e)",
        "app = FastAPI()\n@app.exception_handler(Exception)\nasync def on_all(r, e):\n    raise e",
        "app = FastAPI()\napp.add_exception_handler(Exception, made_by(on_error))",
    ],
)
def test_a_handler_that_may_log(body: str) -> None:
    silent.clean(MAIN.format(body=body))


def test_an_application_that_answers_nothing() -> None:
    check.clean("from fastapi import FastAPI\n\napp = FastAPI()\n")


@pytest.mark.parametrize("path", ["app/tests/test_main.py", "scripts/serve.py", "app/cli/login.py"])
def test_tests_and_scripts(path: str) -> None:
    check.with_(path=path).clean(MAIN.format(body="app = FastAPI()"))


def test_a_class_of_that_name() -> None:
    check.clean("from falcon import FastAPI\n\napp = FastAPI()\napp.include_router(1)\n")
