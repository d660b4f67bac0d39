"""Statements that build and send queries, with black as the oracle of their layout."""

import random
from textwrap import dedent

import black
import pytest

from turnstay_lint.codemods.query_layout import laid_out_query

MODELS = ("Account", "PaymentIntent", "Refund")
CONDITIONS = (
    "{m}.id == request_data.id",
    "{m}.company_id == company_access.company_id",
    "{m}.status == constants.PAYMENT_INTENT_PROCESSED_STATUS",
    "{m}.id.in_(ids)",
    "{m}.payment_intent.has(company_id=company_access.company_id)",
)
ROOTS = (
    "select({m})",
    "select(func.count()).select_from({m})",
    "delete({m})",
    "select({m}.id, {m}.name)",
)
STEPS = (
    ".where({a})",
    ".where({a}, {b})",
    ".order_by({m}.id)",
    ".limit(1)",
    ".options(selectinload({m}.company))",
    ".filter_by(id=request_data.id, company_id=company.id)",
)
STATEMENTS = (
    "query = {q}",
    "result = await session.execute({q})",
    "return (await session.scalars({q})).all()",
    "account = (await session.execute({q})).scalar_one_or_none()",
    "accounts = (await session.execute({q})).scalars().all()",
    "known = await session.scalar({q})",
    "return await apaginate(session, {q})",
    "await session.execute({q})",
    "account = await company_access.get_account(payload.account_of_the_request_or_its_parent_id)",
)


def query(pick: random.Random) -> str:
    def condition() -> str:
        return pick.choice(CONDITIONS).format(m=pick.choice(MODELS))

    built = pick.choice(ROOTS).format(m=pick.choice(MODELS))
    for _ in range(pick.randint(0, 4)):
        step = pick.choice(STEPS)
        built += step.format(m=pick.choice(MODELS), a=condition(), b=condition())
    return built


@pytest.mark.parametrize("seed", range(120))
def test_as_black_has_it(seed: int) -> None:
    pick = random.Random(seed)
    statement = pick.choice(STATEMENTS).format(q=query(pick))
    depth = pick.choice((1, 2))
    indent = "    " * depth
    around = "async def f():\n" + ("    if x:\n" if depth == 2 else "")
    wanted = black.format_str(f"{around}{indent}{statement}\n", mode=black.Mode())
    wanted = wanted.removeprefix(around).rstrip("\n")
    laid = laid_out_query(statement, indent, 88)
    assert laid is None or indent + laid == wanted
    again = laid_out_query(dedent(wanted), indent, 88)
    assert laid is None or again == laid, "what is laid out so stays so"


@pytest.mark.parametrize("length", range(8, 44))
@pytest.mark.parametrize(
    "statement",
    [
        "note = await company_access.get_{name}(id)",
        "return await company_access.get_{name}()",
        "query = select({name}).where({name}.id == {name}_id, {name}.company_id == company_id)",
        "query = select({name}).where({name}.company_id != company_id)",
        "query = select(A).join(A, {name}.a_id == A.id).where({name}.id == {name}_id, A.b_id in b)",
    ],
)
def test_long_names(statement: str, length: int) -> None:
    statement = statement.format(name="N" * length)
    mode = black.Mode(line_length=79)
    wanted = black.format_str(f"async def f():\n    {statement}\n", mode=mode).splitlines()[1:]
    assert laid_out_query(statement, "    ", 79) == "\n".join(wanted).lstrip()


def test_what_it_does_not_know_it_leaves() -> None:
    for statement in (
        "query = select(Account)  # all of them",
        'query = text("""\nSELECT 1\n""")',
        "if x:\n    pass",
        "query = (",
        "query = " + " + ".join(["a_rather_long_name"] * 10),
        f"query = select(A).where(A.{'long_' * 12}name < A.{'long_' * 6}name <= now)",
        f"query = select(A).where((A.{'long_' * 12}name) == A.{'long_' * 6}name)",
        f"query = select(A).where(A.{'long_' * 20}name == now)",
    ):
        assert laid_out_query(statement, "    ", 88) is None
