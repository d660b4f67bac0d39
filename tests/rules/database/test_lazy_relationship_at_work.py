"""Models loaded by a real AsyncSession: what is found is not there yet, after the fix it is."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from tests.harness import Check

check = Check("TSL306", path="app/models.py")

MODELS = """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, backref, relationship


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "companies"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("companies.id"))
    parent = relationship("Company", remote_side=[id], backref="children")


class Account(Base):
    __tablename__ = "accounts"
    id = Column(Integer, primary_key=True)
    company_id = Column(ForeignKey("companies.id"))
    company = relationship("Company", backref=backref("accounts"))
"""


NOT_LOADED = "not loaded"


async def read(text: str, model: str, key: int, attribute: str) -> Any:
    """Return what an attribute of a loaded object holds, as primary keys.

    What is not loaded is not read: that would raise MissingGreenlet.
    """
    names: dict[str, Any] = {"__name__": "models"}
    exec(compile(text, "models", "exec"), names)
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(names["Base"].metadata.create_all)
    async with AsyncSession(engine) as session:
        parent, child = names["Company"](id=1), names["Company"](id=2, parent_id=1)
        session.add_all([parent, child, names["Account"](id=3, company_id=2)])
        await session.commit()
    async with AsyncSession(engine) as session:
        query = sa.select(names[model]).where(names[model].id == key)
        loaded = (await session.execute(query)).scalar_one()
        value: Any = NOT_LOADED
        if attribute not in sa.inspect(loaded).unloaded:
            found = getattr(loaded, attribute)
            value = [one.id for one in found] if isinstance(found, list) else found.id
    await engine.dispose()
    return value


@pytest.mark.parametrize(
    ("model", "key", "attribute", "expected"),
    [
        ("Account", 3, "company", 2),
        ("Company", 2, "accounts", [3]),
        ("Company", 2, "parent", 1),
        ("Company", 1, "children", [2]),
    ],
)
def test_reading_a_relationship(model: str, key: int, attribute: str, expected: Any) -> None:
    assert asyncio.run(read(MODELS, model, key, attribute)) == NOT_LOADED
    fixed = check.fixed(MODELS, unsafe=True)
    assert not check.findings(fixed)
    assert asyncio.run(read(fixed, model, key, attribute)) == expected
