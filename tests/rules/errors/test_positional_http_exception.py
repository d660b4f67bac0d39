import pytest

from tests.harness import Check

check = Check("TSL601")


@pytest.mark.parametrize(
    "head",
    [
        "from fastapi import HTTPException",
        "from fastapi.exceptions import HTTPException",
        "from starlette.exceptions import HTTPException",
    ],
)
def test_status_and_detail_by_place(head: str) -> None:
    check.flags(
        f"""
        {head}


        def refuse() -> None:
            raise «HTTPException(404, "Account not found")»
        """,
        after=f"""
        {head}


        def refuse() -> None:
            raise HTTPException(status_code=404, detail="Account not found")
        """,
        scope="refuse",
        message="status_code and detail of HTTPException are given by place",
    )


def test_a_status_alone_an_alias_and_a_module() -> None:
    check.flags(
        """
        import fastapi
        from fastapi import HTTPException as HttpError, status


        def refuse(blocked: bool) -> None:
            if blocked:
                raise «HttpError(status.HTTP_403_FORBIDDEN, detail="Blocked")» from None
            raise «fastapi.HTTPException(401, "Token expired", {"WWW-Authenticate": "Bearer"})»
        """,
        after="""
        import fastapi
        from fastapi import HTTPException as HttpError, status


        def refuse(blocked: bool) -> None:
            if blocked:
                raise HttpError(
                    status_code=status.HTTP_403_FORBIDDEN, detail="Blocked"
                ) from None
            raise fastapi.HTTPException(
                status_code=401, detail="Token expired", headers={"WWW-Authenticate": "Bearer"}
            )
        """,
    )


def test_a_re_export_of_the_service() -> None:
    check.with_(others={"app/errors.py": "from fastapi import HTTPException as ApiError\n"}).flags(
        """
        from app.errors import ApiError

        not_found = «ApiError(404)»
        """,
        after="""
        from app.errors import ApiError

        not_found = ApiError(status_code=404)
        """,
    )


def test_parentheses_comments_and_a_joined_string() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def refuse() -> None:
            raise «HTTPException(
                (400),  # the client's fault
                (
                    "The name of an account is long "
                    "and cannot be read"
                ),
            )»
        """,
        after="""
        from fastapi import HTTPException


        def refuse() -> None:
            raise HTTPException(
                status_code=(400),  # the client's fault
                detail=(
                    "The name of an account is long "
                    "and cannot be read"
                ),
            )
        """,
    )


def test_two_on_one_line() -> None:
    check.flags(
        """
        from fastapi import HTTPException

        é = «HTTPException(404, "é")»; b = «HTTPException(400, f"{é}")»
        """,
        after="""
        from fastapi import HTTPException

        é = HTTPException(status_code=404, detail="é"); b = HTTPException(status_code=400, detail=f"{é}")
        """,
    )


def test_what_is_spread_cannot_be_named() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def refuse(error, further):
            if further:
                raise «HTTPException(404, **further)»
            raise «HTTPException(*error)»
        """,
        after=None,
        reason="what * or ** hands over cannot be seen",
    )


def test_a_name_that_is_there_twice() -> None:
    check.flags(
        """
        from fastapi import HTTPException

        wrong = «HTTPException(404, "Gone", detail="Not found")»
        """,
        after=None,
        reason="detail is given twice",
    )


def test_a_message_where_the_status_belongs() -> None:
    check.flags(
        """
        from fastapi import HTTPException

        wrong = [«HTTPException("Gone")», «HTTPException(f"{wrong} gone", 404)»]
        """,
        after=None,
        reason="its first argument is a message",
    )


def test_names_are_given() -> None:
    check.clean(
        """
        from fastapi import HTTPException

        error = HTTPException(status_code=404, detail="Account not found")
        other = HTTPException(**{"status_code": 404})
        """
    )


def test_exceptions_of_other_kinds() -> None:
    check.clean(
        """
        from http.client import HTTPException
        from werkzeug.exceptions import HTTPException as FlaskException

        import fastapi


        class NotFound(fastapi.HTTPException):
            def __init__(self, what: str) -> None:
                super().__init__(status_code=404, detail=f"{what} not found")


        def refuse() -> None:
            if not fastapi:
                raise HTTPException(404, "x")
            raise FlaskException(404) if True else NotFound("Account")
        """
    )


def test_a_local_class_of_that_name() -> None:
    check.clean(
        """
        class HTTPException(Exception):
            pass


        error = HTTPException(404, "Not found")
        """
    )
