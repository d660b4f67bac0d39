"""Reads every relationship of every row, each on an object that was loaded by itself.

Run in the folder of a service. Printed is each relationship with what may declare it, and whether
reading it needed a load that nobody can await, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from app.models import Base
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import RelationshipProperty

from tests.behaviour.driving.lazy_loads import CODE, names_of
from tests.behaviour.driving.parties import ALL
from tests.behaviour.driving.seeding import seed


async def _raises(engine: AsyncEngine, relationship: RelationshipProperty[Any]) -> bool:
    model = relationship.parent.class_
    async with AsyncSession(engine) as session:
        identifiers = (await session.scalars(sa.select(model.id))).all()
    assert identifiers, f"{model.__name__} has no rows"
    return any([await _raises_on(engine, relationship, one) for one in identifiers])


async def _raises_on(engine: AsyncEngine, relationship: RelationshipProperty[Any], id: int) -> bool:
    model = relationship.parent.class_
    async with AsyncSession(engine, expire_on_commit=False) as session:
        row = (await session.scalars(sa.select(model).where(model.id == id))).one()
        try:
            value = getattr(row, relationship.key)
            if relationship.uselist:
                list(value)
        except SQLAlchemyError as error:
            if CODE in str(error):
                return True
            raise
    return False


async def _read(database: Path) -> list[dict[str, Any]]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}", poolclass=sa.NullPool)
    relationships = [
        relationship
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
        for relationship in mapper.relationships
    ]
    read = [{"names": names_of(one), "raises": await _raises(engine, one)} for one in relationships]
    await engine.dispose()
    return read


def _refer(database: Path) -> None:
    """Let a row refer to another of its table where none does."""
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for column in (key.parent for key in table.foreign_keys if key.column.table is table):
                if not connection.scalars(sa.select(column).where(column.is_not(None))).all():
                    first, *_, last = connection.scalars(sa.select(table.c.id)).all()
                    changed = table.update().where(table.c.id == last)
                    connection.execute(changed.values({column.name: first}))
    engine.dispose()


def main() -> None:
    """Print what came of reading each relationship."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "read.db"
        seed(database, ALL.accounts)
        _refer(database)
        print(json.dumps(asyncio.run(_read(database))))


if __name__ == "__main__":
    main()
