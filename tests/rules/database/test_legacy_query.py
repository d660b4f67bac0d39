import pytest

from tests.harness import Check
from tests.tenant_service import SERVICE

check = Check("TSL309", path="app/api/utils/queries.py", others=SERVICE)
IMPORTS = "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app.models import Account\n\n\n"
SELECTING = f"from sqlalchemy import select\n{IMPORTS}"
COUNTING = f"from sqlalchemy import func, select\n{IMPORTS}"


def in_function(body: str, imports: str = IMPORTS, define: str = "async def") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{imports}{define} work(session: AsyncSession, key):\n{lines}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "return «session.query(Account)».filter(Account.id == key).all()",
            "return (await session.scalars(select(Account).where(Account.id == key))).all()",
        ),
        (
            "return «session.query(Account)».filter_by(id=key).first()",
            "return (await session.scalars(select(Account).filter_by(id=key).limit(1))).first()",
        ),
        (
            "return «session.query(Account)».order_by(Account.id).limit(1).first()",
            "return (\n    await session.scalars(select(Account).order_by(Account.id).limit(1))\n).first()",
        ),
        (
            "return await «session.query(Account)».filter_by(id=key).one()",
            "return (await session.scalars(select(Account).filter_by(id=key))).one()",
        ),
        (
            "return «session.query(Account.id, Account.name)».all()",
            "return (await session.execute(select(Account.id, Account.name))).all()",
        ),
        (
            "return «session.query(Account.id)».filter_by(id=key).scalar() or 0",
            "return await session.scalar(select(Account.id).filter_by(id=key)) or 0",
        ),
        (
            "for account in «session.query(Account)».all():\n    print(account)",
            "for account in (await session.scalars(select(Account))).all():\n    print(account)",
        ),
    ],
)  # fmt: skip
def test_a_chain_that_sends_a_query(before: str, after: str) -> None:
    check.flags(in_function(before), after=in_function(after, SELECTING), unsafe=True)


def test_a_count() -> None:
    check.flags(
        in_function("return «session.query(Account)».filter(Account.id == key).count()"),
        after=in_function(
            "return await session.scalar(\n"
            "    select(func.count()).select_from(Account).where(Account.id == key)\n"
            ")",
            COUNTING,
        ),
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return «session.query(Account)».get(key)", "return await session.get(Account, key)"),
        (
            "return «session.query(Account)».get(key).name",
            "return (await session.get(Account, key)).name",
        ),
        (
            "return await «session.query(Account)».get(key)",
            "return await session.get(Account, key)",
        ),
    ],
)
def test_one_row_by_its_key(before: str, after: str) -> None:
    check.flags(in_function(before), after=in_function(after), unsafe=True)


def test_comments_in_the_chain_stay() -> None:
    text = in_function(
        "rows = (\n"
        "    session.query(Account)\n"
        "    .filter(Account.id == key)  # its own\n"
        "    .all()\n"
        ")\n"
        "return rows"
    )
    assert "# its own" in check.fixed(text, unsafe=True)
    assert ".where(Account.id == key)" in check.fixed(text, unsafe=True)


def test_what_the_file_calls_select() -> None:
    imports = "from sqlalchemy import select as sql_select\n" + IMPORTS
    check.flags(
        in_function("return «session.query(Account)».all()", imports),
        after=in_function("return (await session.scalars(sql_select(Account))).all()", imports),
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("rows = «session.query(Account)»\nreturn rows", "kept or iterated"),
        ("return [row for row in «session.query(Account)».filter_by(id=key)]", "kept or iterated"),
        ("«session.query(Account)».filter_by(id=key).delete()", "no plain counterpart"),
        ("return «session.query(Account)».with_entities(Account.id).all()", "no plain counterpart"),
        ("return «session.query(*key)».all()", "could not be read"),
        ("return «session.query(key)».all()", "could not be read"),
        ("return «session.query(Account)».limit(3).count()", "no plain counterpart"),
    ],
)
def test_what_has_no_plain_form(body: str, reason: str) -> None:
    check.flags(in_function(body), after=None, reason=reason)


def test_a_function_that_cannot_await() -> None:
    text = in_function("return «session.query(Account)».all()", define="def")
    check.flags(text, after=None, reason="nothing can be awaited")


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy.orm import Session\n\n\ndef work(session: Session, model):\n    return session.query(model).all()\n",
        "async def work(client, key):\n    return await client.query(key)\n",
        in_function("return await session.run_sync(lambda inner: inner.query(Account).all())"),
        in_function("return key.query(Account)"),
    ],
)  # fmt: skip
def test_what_is_no_asynchronous_session(text: str) -> None:
    check.clean(text)
