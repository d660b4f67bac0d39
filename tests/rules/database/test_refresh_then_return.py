import pytest

from tests.harness import Check

DB_UTILS = """
from sqlalchemy.ext.asyncio import AsyncSession


async def refresh_and_return(session: AsyncSession, obj):
    await session.refresh(obj)
    return obj
"""
check = Check(
    "TSL310", path="app/api/endpoints/accounts.py", others={"app/api/utils/db_utils.py": DB_UTILS}
)
TYPED = "from sqlalchemy.ext.asyncio import AsyncSession\n"
IMPORT = "from app.api.utils.db_utils import refresh_and_return\n"


def in_function(body: str, imports: str = TYPED) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{imports}\n\nasync def work(session: AsyncSession, account, names):\n{lines}"


PAIR = "await «session.refresh(account)»\nreturn account"
CALL = "return await refresh_and_return(session, account)"


def test_a_refresh_and_a_return_of_the_same() -> None:
    check.flags(in_function(PAIR), after=in_function(CALL, f"{TYPED}\n{IMPORT}"))


def test_the_function_is_imported_already() -> None:
    imports = f"{TYPED}\n{IMPORT}"
    check.flags(in_function(PAIR, imports), after=in_function(CALL, imports))


def test_its_module_is_imported_under_another_name() -> None:
    imports = f"{TYPED}\nfrom app.api.utils import db_utils as db\n"
    called = "return await db.refresh_and_return(session, account)"
    check.flags(in_function(PAIR, imports), after=in_function(called, imports))


def test_in_a_branch_with_a_blank_line_between() -> None:
    check.flags(
        in_function(
            "if names:\n    await «session.refresh(account)»\n\n    return account\nreturn 1"
        ),
        after=in_function(f"if names:\n    {CALL}\nreturn 1", f"{TYPED}\n{IMPORT}"),
    )


@pytest.mark.parametrize(
    "body",
    [
        "await session.refresh(account, names)\nreturn account",
        "await session.refresh(account, with_for_update=True)\nreturn account",
        "await session.refresh(account)\nreturn names",
        "await session.refresh(account)\nreturn account.name",
        "await session.refresh(account)\nprint(account)\nreturn account",
        "await session.refresh(account)",
        "await names.refresh(account)\nreturn account",
        "await session.refresh(account.company)\nreturn account",
    ],
)
def test_what_is_something_else(body: str) -> None:
    check.clean(in_function(body))


def test_the_function_itself() -> None:
    check.with_(path="app/api/utils/db_utils.py").clean(DB_UTILS)


def test_tests_do_as_they_like() -> None:
    text = in_function(PAIR.replace("«", "").replace("»", ""))
    check.with_(path="app/tests/fixtures/add_fixtures_to_db.py").clean(text)


def test_a_service_without_that_function() -> None:
    Check("TSL310").clean(in_function(PAIR.replace("«", "").replace("»", "")))


def test_a_comment_between() -> None:
    check.flags(
        in_function("await «session.refresh(account)»  # its company\nreturn account"),
        after=None,
        reason="a comment",
    )


def test_a_name_that_means_something_else() -> None:
    check.flags(
        in_function(PAIR, f"{TYPED}\nrefresh_and_return = print\n"),
        after=None,
        reason="means something else",
    )


def test_a_function_that_does_more() -> None:
    more = "from app.audit import audit\n" + DB_UTILS.replace(
        "    return obj", "    audit(obj)\n    return obj"
    )
    check.with_(others={"app/api/utils/db_utils.py": more}).flags(
        in_function(PAIR), after=None, reason="not given a session and an object alone"
    )


def test_its_module_imports_this_one() -> None:
    back = f"from app.api.endpoints.accounts import work\n{DB_UTILS}"
    check.with_(others={"app/api/utils/db_utils.py": back}).flags(
        in_function(PAIR), after=None, reason="imports this module"
    )


def test_the_object_by_its_name() -> None:
    named = "await «session.refresh(instance=account)»\nreturn account"
    check.flags(in_function(named), after=in_function(CALL, f"{TYPED}\n{IMPORT}"))
    check.clean(
        in_function(
            "await session.refresh(instance=account, attribute_names=names)\nreturn account"
        )
    )
