"""Modules of a service in every style that people write, composed from fragments."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from textwrap import dedent, indent

import black
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

HEAD = """
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import backref, relationship
from sqlalchemy.orm import relationship as rel

import app.models
from app.deps import CompanyAccess, get_company_access, get_session
from app.models import Account, Base, Currency, Payment, Refund
"""
ENDPOINTS = (
    """
    @router.get("/accounts/{id}")
    async def NAME(id: int, session: AsyncSession = Depends(get_session)):
        account = await session.get(Account, id)
        return account
    """,
    """
    @router.get("/accounts", response_model=list[Account])
    async def NAME(
        session: Annotated[AsyncSession, Depends(get_session)],
        access: Annotated[CompanyAccess, Depends(get_company_access)],
    ) -> list[Account]:
        return (await session.scalars(select(Account).where(Account.status == "open"))).all()
    """,
    """
    @router.get("/accounts/{id}/first", response_model=dict, tags=["a"])
    async def NAME(id: int, session: AsyncSession = Depends(get_session)): return await session.get(Account, id)
    """,
    """
    @router.post(
        "/payments",
        status_code=201,
    )
    async def NAME(request_data: dict, access: CompanyAccess = Depends(get_company_access)):
        payment = Payment(account_id=request_data["account_id"], status="new")
        access.session.add(payment)
        await access.session.commit()
        return payment.account
    """,
    """
    @router.get("/own/{id}")
    async def NAME(id: int, access: CompanyAccess = Depends(get_company_access)):
        query = select(Account).where(
            Account.id == id, Account.company_id == access.company_id
        )
        return (await access.session.execute(query)).scalar_one_or_none()
    """,
    """
    @router.delete("/payments/{id}", status_code=204)
    async def NAME(id: int, session: AsyncSession = Depends(get_session)):
        async def remove(one: int) -> None:
            payment = await session.get(Payment, one)
            await session.delete(payment)

        await remove(id)
    """,
)
MODELS = (
    """
    class NAME(Base):
        __tablename__ = "NAME"
        account = relationship("Account")
        currency = rel(Currency, lazy="select")
    """,
    """
    class NAME(Base):
        __tablename__ = "NAME"; parent_id = sa.Column(ForeignKey("NAME.id"))
        parent = relationship("NAME", remote_side="NAME.id", lazy="joined")
        children = relationship(
            "NAME",
            backref="elder",
            order_by="NAME.id",
        )
    """,
    """
    class NAME(Base): refunds = relationship("Refund", backref=backref("NAMEs"), lazy="dynamic")
    """,
    """
    class NAME(Base):
        class Inner:
            payments = sa.orm.relationship(
                "Payment", cascade="all, "
                "delete-orphan", **OPTIONS
            )
    """,
)
UTILITIES = (
    """
    async def NAME(session: AsyncSession, company_id: int, account_id: int):
        return await session.get(Account, account_id)
    """,
    """
    async def NAME(session, company_id, status=None):
        query = select(Account)
        if status:
            query = query.where(Account.status == status)
        else:
            query = query.where(Account.company_id == company_id)
        return (await session.execute(query)).scalars().all()
    """,
    """
    async def NAME(session, ids):
        await session.execute(update(Account).where(Account.id.in_(ids)).values(status="closed"))
        return [account.payments for account in (await session.scalars(select(Account))).all()]
    """,
)
PLAIN = (
    """
    def NAME(value): return "é" + value  # plain
    """,
    """
    class NAME:
        '''A class with nothing to find.'''

        text = '''several
        lines # no comment
        '''
    """,
    """
    NAME = [number for number in range(3) if number]; NAME_TWO = (
        "one" "two"
    )
    """,
)


class Style(Struct, frozen=True):
    """How a module is written."""

    comments: frozenset[int] = frozenset()
    own_lines: frozenset[int] = frozenset()
    semicolons: frozenset[int] = frozenset()
    foreign: frozenset[int] = frozenset()
    decorated: bool = False
    tabs: bool = False
    newline: str = "\n"
    bom: bool = False
    final_newline: bool = True


WRAPPERS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text,
    lambda text: f"if True:\n{indent(text, '    ')}",
    lambda text: f"def within():\n{indent(text, '    ')}",
    lambda text: f"try:\n{indent(text, '    ')}\nexcept ImportError: pass",
)
NUMBERS = st.frozensets(st.integers(0, 60), max_size=8)
STYLES = st.builds(
    Style,
    comments=NUMBERS,
    own_lines=NUMBERS,
    semicolons=NUMBERS,
    foreign=NUMBERS,
    decorated=st.booleans(),
    tabs=st.booleans(),
    newline=st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    bom=st.booleans(),
    final_newline=st.booleans(),
)


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """Give a module of some fragments in some style; it parses."""
    pool = st.sampled_from([*ENDPOINTS, *MODELS, *UTILITIES, *PLAIN])
    parts = draw(st.lists(st.tuples(pool, st.sampled_from(WRAPPERS)), min_size=1, max_size=4))
    style = draw(STYLES)
    texts = [HEAD.strip(), "router = APIRouter()\nOPTIONS = {}"]
    for number, (fragment, wrap) in enumerate(parts):
        text = dedent(fragment).strip().replace("NAME", f"name_{number}")
        if style.decorated:
            text = re.sub(r"(?m)^(?=(async def|def|class) )", "@app.models.traced\n", text)
        texts.append(wrap(text))
    text = "\n\n\n".join(texts) + "\n"
    if draw(st.booleans()):
        laid_out = styled(text, replace(style, newline="\n", bom=False, tabs=False)).decode()
        return black.format_str(laid_out, mode=black.Mode()).encode()
    return styled(text, style)


def styled(text: str, style: Style) -> bytes:
    """Return a module written in a style."""
    lines = text.split("\n")
    simple, closed = _places(text)
    for number in range(len(lines) - 1, -1, -1):
        line, key = lines[number], number % 61
        space = line[: len(line) - len(line.lstrip())]
        if number in simple:
            if key in style.semicolons:
                line = f"{line}; done = {number}"
            if key in style.foreign:
                line = f'{space}größe = "漢字 \U0001f600"; {line.lstrip()}'
        if number in closed and key in style.comments:
            line = f"{line}  # comment {number} ü"
        lines[number] = line
        if number in closed and key in style.own_lines and line.strip():
            lines[number] = f"{space}# above {number}\n{line}"
    made = "\n".join(lines)
    if style.tabs:
        made = re.sub(r"(?m)^( {4})+", lambda match: "\t" * (len(match[0]) // 4), made)
    made = made.replace("\n", style.newline)
    if not style.final_newline:
        made = made.rstrip("\r\n")
    return (b"\xef\xbb\xbf" if style.bom else b"") + made.encode()


def _places(text: str) -> tuple[set[int], set[int]]:
    """Return the lines that are one simple statement, and those that no string crosses the end of."""
    tree = ast.parse(text)
    taken = text.split("\n")
    simple = {
        node.lineno - 1
        for node in ast.walk(tree)
        if isinstance(node, (ast.Assign, ast.Expr, ast.Return))
        and node.lineno == node.end_lineno
        and taken[node.lineno - 1].lstrip() == ast.get_source_segment(text, node)
    }
    strings = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for line in range(node.lineno - 1, (node.end_lineno or node.lineno))
        if node.lineno != node.end_lineno
    }
    return simple, set(range(len(taken) - 1)) - strings - {
        number for number, line in enumerate(taken) if "#" in line
    }
