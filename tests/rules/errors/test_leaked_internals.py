from textwrap import dedent

import pytest

from tests.harness import Check
from turnstay_lint.engine.mending.fixing import fix, wants

check = Check("TSL602")

SERVICE = """
import logging

from fastapi import HTTPException
from fastapi.responses import JSONResponse

logger = logging.getLogger(__name__)


def export(path):
    try:
        return path.read_bytes()
    except OSError as exc:
        {raising}
"""
LOGGED = 'logger.exception(f"Unhandled exception: {exc}")\n        '


@pytest.mark.parametrize(
    "detail",
    [
        "str(exc)",
        "repr(exc)",
        'f"Export failed: {exc}"',
        'f"Export failed: {exc!r:>20}"',
        '"Export failed: " + str(exc)',
        '"Export failed: %s" % exc',
        '"Export failed: {}".format(exc)',
        'f"Export failed: {exc.strerror}"',
        "exc.args[0]",
        "str(exc).strip()",
        "str(exc)[:100]",
        '", ".join(map(str, exc.args))',
        '", ".join(str(one) for one in exc.args)',
        "str(exc) or None",
    ],
)
def test_the_text_of_an_exception(detail: str) -> None:
    check.flags(
        SERVICE.format(raising=f"raise «HTTPException(status_code=500, detail={detail})»"),
        after=SERVICE.format(
            raising=f'{LOGGED}raise HTTPException(status_code=500, detail="Internal server error")'
        ),
        scope="export",
        message="the detail of HTTPException 500 tells the client of the exception",
    )


def test_an_exception_that_is_logged_already() -> None:
    check.flags(
        SERVICE.format(
            raising="""message = f"Export failed: {exc}"
        logger.error(message)
        raise «HTTPException(500, detail=message)» from exc"""
        ),
        after=SERVICE.format(
            raising="""message = f"Export failed: {exc}"
        logger.error(message)
        raise HTTPException(500, detail="Internal server error") from exc"""
        ),
    )


@pytest.mark.parametrize(
    "call",
    [
        'logger.exception("Export failed")',
        'logger.error("Export failed", exc_info=True)',
        'logger.error("Export failed: %s", exc)',
        "honeybadger.notify(exc)",
    ],
)
def test_ways_to_log(call: str) -> None:
    leak = "raise «HTTPException(status_code=500, detail=str(exc))»"
    mended = 'raise HTTPException(status_code=500, detail="Internal server error")'
    check.flags(
        SERVICE.format(raising=f"{call}\n        {leak}"),
        after=SERVICE.format(raising=f"{call}\n        {mended}"),
    )


def test_a_log_that_says_nothing_of_the_exception() -> None:
    check.flags(
        SERVICE.format(
            raising="""logger.error("Export failed", exc_info=False)
        raise «HTTPException(status_code=500, detail=str(exc))»"""
        ),
        after=SERVICE.format(
            raising="""logger.error("Export failed", exc_info=False)
        logger.exception(f"Unhandled exception: {exc}")
        raise HTTPException(status_code=500, detail="Internal server error")"""
        ),
    )


def test_a_traceback_and_a_module_without_a_logger() -> None:
    check.flags(
        '''
        """Exports."""

        import traceback

        from fastapi import HTTPException, status


        def export(path):
            try:
                return path.read_bytes()
            except OSError:
                raise «HTTPException(
                    status_code=status.HTTP_500_INTERNAL_SERVER_ERROR,
                    detail=traceback.format_exc(),
                )»
        ''',
        after='''
        """Exports."""

        import logging

        from fastapi import HTTPException, status

        logger = logging.getLogger(__name__)


        def export(path):
            try:
                return path.read_bytes()
            except OSError:
                logger.exception("Unhandled exception")
                raise HTTPException(
                    status_code=status.HTTP_500_INTERNAL_SERVER_ERROR,
                    detail="Internal server error",
                )
        ''',
    )


def test_two_in_a_module_without_a_logger() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def export(path):
            try:
                return path.read_bytes()
            except OSError as exc:
                raise «HTTPException(status_code=500, detail=str(exc))»


        def upload(path):
            try:
                return path.write_bytes(b"")
            except OSError as problem:
                # é
                raise «HTTPException(
                    status_code=503,
                    detail=(f"é: the upload to the other host failed: {problem}"),
                )»
        """,
        after="""
        import logging

        from fastapi import HTTPException

        logger = logging.getLogger(__name__)


        def export(path):
            try:
                return path.read_bytes()
            except OSError as exc:
                logger.exception(f"Unhandled exception: {exc}")
                raise HTTPException(status_code=500, detail="Internal server error")


        def upload(path):
            try:
                return path.write_bytes(b"")
            except OSError as problem:
                # é
                logger.exception(f"Unhandled exception: {problem}")
                raise HTTPException(
                    status_code=503,
                    detail="Service unavailable",
                )
        """,
    )


def test_an_exception_handler() -> None:
    check.flags(
        """
        import logging

        from fastapi import FastAPI, Request
        from fastapi.responses import JSONResponse, PlainTextResponse

        log = logging.getLogger("service")
        app = FastAPI()


        async def on_error(request: Request, exc: Exception):
            return «JSONResponse(status_code=500, content={"detail": str(exc), "path": request.url})»


        @app.exception_handler(KeyError)
        async def on_key_error(request, problem):
            return «PlainTextResponse(f"No such key: {problem}", status_code=500)»
        """,
        after="""
        import logging

        from fastapi import FastAPI, Request
        from fastapi.responses import JSONResponse, PlainTextResponse

        log = logging.getLogger("service")
        app = FastAPI()


        async def on_error(request: Request, exc: Exception):
            log.error(f"Unhandled exception: {exc}", exc_info=exc)
            return JSONResponse(status_code=500, content={"detail": "Internal server error", "path": request.url})


        @app.exception_handler(KeyError)
        async def on_key_error(request, problem):
            log.error(f"Unhandled exception: {problem}", exc_info=problem)
            return PlainTextResponse("Internal server error", status_code=500)
        """,
    )


def test_a_body_that_is_the_exception() -> None:
    check.flags(
        SERVICE.format(raising="return «JSONResponse(str(exc), status_code=500)»"),
        after=SERVICE.format(
            raising=f'{LOGGED}return JSONResponse({{"detail": "Internal server error"}}, status_code=500)'
        ),
    )


def test_a_clause_on_one_line_has_no_place_for_a_log() -> None:
    source = dedent(
        """
        from fastapi import HTTPException

        try:
            import exports
        except ImportError as exc: raise HTTPException(status_code=500, detail=str(exc))
        """
    )
    found = check.source(source)
    made = fix(found, check.project(found), check.settings, [check.rule], wants(True))
    assert made.text == source
    assert "another statement" in str(made)


def test_a_body_that_is_written_by_hand() -> None:
    check.flags(
        SERVICE.format(
            raising="""return «Response(
            content=f'{{"error": "{exc}"}}', status_code=500, media_type="application/json"
        )»"""
        ).replace("import JSONResponse", "import Response"),
        after=None,
        reason="a format of its own",
    )


def test_a_status_that_has_no_phrase() -> None:
    check.flags(
        SERVICE.format(raising="raise «HTTPException(status_code=599, detail=str(exc))»"),
        after=SERVICE.format(
            raising=f'{LOGGED}raise HTTPException(status_code=599, detail="Internal server error")'
        ),
    )


def test_loguru_in_a_handler_is_given_no_exception() -> None:
    check.flags(
        """
        from fastapi.responses import JSONResponse
        from loguru import logger


        async def on_error(request, exc: ValueError):
            return «JSONResponse(status_code=500, content={"detail": str(exc)})»
        """,
        after=None,
        reason="not at hand where it would be logged",
    )


def test_an_error_of_the_client_may_say_what_is_wrong() -> None:
    check.clean(SERVICE.format(raising="raise HTTPException(status_code=400, detail=str(exc))"))


@pytest.mark.parametrize(
    "raising",
    [
        'raise HTTPException(status_code=500, detail="Internal server error") from exc',
        "raise HTTPException(status_code=500, detail=message_for(exc))",
        'raise HTTPException(status_code=500, detail=f"Error {exc.errno}")',
        'raise HTTPException(status_code=500, detail=f"{type(exc).__name__}")',
        'raise HTTPException(status_code=500, detail=f"{exc.__class__.__name__}")',
        'raise HTTPException(status_code=500, detail=f"{path} failed")',
        "raise HTTPException(status_code=code, detail=str(exc))",
        'raise HTTPException(500, detail=str(exc) if settings.DEBUG else "Internal server error")',
        "raise HTTPException(status_code=500)",
        "raise HTTPException(**{'detail': str(exc)})",
        'return JSONResponse({"detail": str(exc)})',
        'return JSONResponse(status_code=500, content={"detail": "x", "path": str(path)})',
    ],
)
def test_what_tells_nothing_or_cannot_be_known(raising: str) -> None:
    check.clean(SERVICE.format(raising=raising))


def test_an_exception_that_is_no_more_at_hand() -> None:
    check.clean(
        """
        from fastapi import HTTPException


        def export(path):
            exc = "the disk"
            try:
                return path.read_bytes()
            except OSError as problem:
                print(problem)
            raise HTTPException(status_code=500, detail=f"{exc} failed")
        """
    )


def test_an_http_exception_that_is_passed_on() -> None:
    check.clean(
        """
        from fastapi import HTTPException


        def export(path):
            try:
                return path.read_bytes()
            except HTTPException as exc:
                raise HTTPException(status_code=500, detail=exc.detail)
        """
    )


@pytest.mark.parametrize(("status", "clean"), [(500, False), (503, True)])
def test_an_exception_of_the_service(status: int, clean: bool) -> None:
    source = f"""
    from fastapi import HTTPException


    class ExportClosed(Exception):
        pass


    def export(path):
        try:
            return path.read_bytes()
        except ExportClosed as exc:
            raise HTTPException(status_code={status}, detail=str(exc))
    """
    assert bool(check.findings(dedent(source))) is not clean


def test_tests_may_say_what_they_like() -> None:
    source = SERVICE.format(raising="raise HTTPException(status_code=500, detail=str(exc))")
    check.with_(path="app/tests/test_exports.py").clean(source)
