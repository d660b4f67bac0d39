"""The queries that a piece of code sends in a small service, and what is said of them."""

from collections.abc import Mapping
from textwrap import dedent, indent

from tests.tenant_service import SERVICE
from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.trace import queries_in
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile

HEAD = """
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import *
from sqlalchemy import and_, delete, exists, false, func, insert, not_, or_, select, text
from sqlalchemy import orm, true, union, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload, with_loader_criteria
from app.api import deps
from app.helpers import only_visible
from app.models import Account, Company, Currency, Payment, Refund, User

router = APIRouter()
"""

UTILITY = """
async def find(
    session: AsyncSession, company_id: int, company: Company, account: Account,
    account_id: int, ids: list[int], flag: bool, data, *conditions, **kwargs,
):
"""


def sent_in(
    code: str, header: str = UTILITY, others: Mapping[str, str] | None = None
) -> list[Sent]:
    last = header.rstrip("\n").rpartition("\n")[2]
    depth = len(last) - len(last.lstrip()) if last.endswith(":") and last.strip() != "):" else 0
    body = indent(dedent(code).strip("\n"), " " * (depth + 4))
    text = f"{HEAD}\n{header}{body}\n"
    source = SourceFile.from_text("app/module.py", text)
    service = {**SERVICE, **(others or {})}
    files = [SourceFile.from_text(path, text) for path, text in service.items()]
    every = {scope.node for scope in source.index.scopes.values()}
    return list(queries_in(source, Project.of([source, *files]), every))


def verdict(code: str, header: str = UTILITY, others: Mapping[str, str] | None = None) -> Verdict:
    """Return what is said of the only query that a piece of code sends."""
    (sent,) = sent_in(code, header, others)
    return sent.judgement.verdict


def last_verdict(
    code: str, header: str = UTILITY, others: Mapping[str, str] | None = None
) -> Verdict:
    """Return what is said of the last query; one whose rows are checked afterwards is scoped."""
    *_, sent = sent_in(code, header, others)
    return Verdict.SCOPED if sent.checked else sent.judgement.verdict


ENDPOINT = """
@router.get("/account")
async def endpoint(
    account_id: int, company_id: int, request_data: dict,
    session: AsyncSession = Depends(deps.get_session),
    access: deps.CompanyAccess = Depends(deps.get_company_access),
    company: Company = Depends(deps.get_company),
    user: User = Depends(deps.get_user),
):
"""
