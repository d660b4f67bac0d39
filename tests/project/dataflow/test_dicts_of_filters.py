"""Filters that are kept in dicts, folded into one, or name their column when the code runs."""

from textwrap import dedent

import pytest

from tests.project.dataflow.queries_sent import UTILITY, verdict
from tests.project.dataflow.verdict_names import PARTIAL, SCOPED, UNKNOWN, UNSCOPED
from tests.tenant_service import MODELS
from turnstay_lint.project.dataflow.facts import Verdict

FOLDED = [
    ("reduce(and_, [Account.name == data.name, Account.company_id == company_id])", SCOPED),
    ("functools.reduce(operator.and_, [MINE, Account.name == data.name])", SCOPED),
    ("reduce(lambda one, other: one & other, [MINE, Account.name == data.name])", SCOPED),
    ("reduce(lambda one, other: and_(one, other), [MINE, Account.name == data.name])", SCOPED),
    ("reduce(and_, [Account.name == data.name], MINE)", SCOPED),
    ("reduce(or_, [MINE, MINE & (Account.name == data.name)])", SCOPED),
    ("reduce(and_, [Account.name.contains(word) for word in ids])", UNSCOPED),
    ("functools.reduce(operator.and_, [Account.name == data.name, Account.id == 1])", UNSCOPED),
    ("reduce(or_, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(operator.or_, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(lambda one, other: one | other, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(lambda one, other: one, [MINE, Account.name == data.name])", UNKNOWN),
    ("reduce(and_, conditions)", UNKNOWN),
    ("reduce(and_, [Account.name == data.name, *conditions])", UNKNOWN),
    ("reduce(and_, [Account.name == data.name, data.condition])", UNKNOWN),
    ("reduce(only_visible, [Account.name == data.name])", UNKNOWN),
]


@pytest.mark.parametrize(("condition", "expected"), FOLDED, ids=lambda v: str(v))
def test_conditions_that_are_folded_into_one(condition: str, expected: Verdict) -> None:
    header = f"import functools\nimport operator\nfrom functools import reduce\n{UTILITY}"
    condition = condition.replace("MINE", "(Account.company_id == company_id)")
    assert verdict(f"await session.execute(select(Account).where({condition}))", header) is expected


DICTS = [
    ("a key that is set", SCOPED, 'filters["company_id"] = company_id'),
    ("another key that is set", UNSCOPED, 'filters["id"] = account_id'),
    ("updated by a keyword", SCOPED, "filters.update(company_id=company_id)"),
    ("updated by a dict", SCOPED, 'filters.update({"company_id": company_id})'),
    ("updated by anything", UNKNOWN, "filters.update(kwargs)"),
    ("a key that nobody knows", UNKNOWN, "filters[flag] = company_id"),
    ("a default", SCOPED, 'filters.setdefault("company_id", company_id)'),
    ("taken out again", UNSCOPED, """
        filters["company_id"] = company_id
        filters.pop("company_id")
     """),
    ("cleared", UNSCOPED, """
        filters["company_id"] = company_id
        filters.clear()
     """),
    ("set in one branch", PARTIAL, """
        if flag:
            filters["company_id"] = company_id
     """),
    ("another key in one branch", SCOPED, """
        filters["company_id"] = company_id
        if flag:
            filters["id"] = account_id
     """),
    ("set in both branches", SCOPED, """
        if flag:
            filters["company_id"] = company_id
        else:
            filters.update(company_id=company.id)
     """),
    ("set in one branch and for all later", SCOPED, """
        if flag:
            filters["company_id"] = company_id
        filters["company_id"] = company.id
     """),
    ("anything in one branch", UNKNOWN, """
        if flag:
            filters.update(kwargs)
     """),
    ("spread into another in one branch", PARTIAL, """
        filters = {**filters, **({"company_id": company_id} if flag else {})}
     """),
    ("in a loop over keys", UNKNOWN, """
        for key in ids:
            filters[key] = company_id
     """),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), DICTS, ids=[case[0] for case in DICTS])
def test_a_dict_of_filters_that_changes(name: str, expected: Verdict, code: str) -> None:
    before, after = 'filters = {"name": "x"}', "select(Account).filter_by(**filters)"
    assert verdict(f"{before}\n{dedent(code)}\nawait session.scalars({after})") is expected


SEARCH = """
from app.schemas.requests import Search

@router.get("/accounts")
async def endpoint(
    field: str, text: str, filters: Search = Depends(),
    session: AsyncSession = Depends(deps.get_session),
    company: Company = Depends(deps.get_company),
):
    query = select(Account)
"""
SCHEMAS = """
from pydantic import BaseModel

class Search(BaseModel):
    company_id: int | None = None
    name: str | None = None
    status: str | None = None
"""
BY_NAME = [
    ("of a client's choice", UNSCOPED, "query = query.where(getattr(Account, field) == text)"),
    ("of a client's choice, the other way", UNSCOPED,
     "query = query.where(text == getattr(Account, field))"),
    ("of a dump", UNSCOPED, """
        for key, value in filters.model_dump(exclude_none=True).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump without the tenant", UNSCOPED, """
        for key, value in filters.model_dump(exclude={"company_id"}).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump beside the condition", SCOPED, """
        query = query.where(Account.company_id == company.id)
        for key, value in filters.model_dump(exclude={"company_id"}).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump that has the tenant's id", UNKNOWN, """
        wanted = filters.model_dump()
        wanted["company_id"] = company.id
        for key, value in wanted.items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump that left the tenant out and got it", UNKNOWN, """
        wanted = filters.model_dump(exclude={"company_id"})
        wanted.update(company_id=company.id)
        for key, value in wanted.items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a schema that was given the tenant's id", UNKNOWN, """
        filters.company_id = company.id
        for key, value in filters.model_dump().items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("the tenant's id", UNKNOWN, "query = query.where(getattr(Account, field) == company.id)"),
    ("of anybody's choice", UNKNOWN, "query = query.where(getattr(Account, field) == WANTED)"),
    ("otherwise than equal", UNKNOWN, "query = query.where(getattr(Account, field).like(text))"),
    ("the tenant's column by its name", SCOPED,
     'query = query.where(getattr(Account, "company_id") == company.id)'),
    ("another column by its name", UNSCOPED,
     'query = query.where(getattr(Account, "name") == text)'),
    ("what it is sorted by", UNSCOPED, "query = query.order_by(getattr(Account, field).desc())"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), BY_NAME, ids=[case[0] for case in BY_NAME])
def test_a_column_by_a_name_that_only_runs_know(name: str, expected: Verdict, code: str) -> None:
    code = f"{dedent(code)}\nawait session.scalars(query)"
    assert verdict(code, SEARCH, {"app/schemas/requests.py": SCHEMAS}) is expected


def test_a_column_by_name_of_what_keeps_secrets() -> None:
    model = """
class Invitation(Base):
    __tablename__ = "invitations"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    token: Mapped[str]
"""
    code = """
    from app.models import Invitation
    query = select(Invitation).where(getattr(Invitation, field) == text)
    await session.scalars(query)
    """
    others = {"app/schemas/requests.py": SCHEMAS, "app/models.py": MODELS + model}
    assert verdict(code, SEARCH, others) is UNKNOWN
