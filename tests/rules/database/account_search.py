"""A query that asks for the tenant only sometimes, for the tests of TSL303."""

from tests.harness import Check
from tests.tenant_service import SERVICE

check = Check("TSL303", path="app/api/utils/account_utils.py", others=SERVICE)

HEAD = """
from typing import Optional, Union

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company, Payment


"""
FIND = (
    HEAD
    + """
async def find(session: AsyncSession, name: str, {parameter}):
    query = select(Account).where(Account.name == name)
    {guard}
        query = query.where(Account.company_id == company_id)
    return await «session.execute(query)»
"""
)
FOUND = (
    HEAD
    + """
async def find(session: AsyncSession, name: str, {parameter}):
    query = select(Account).where(Account.name == name)
    query = query.where(Account.company_id == company_id)
    return await session.execute(query)
"""
)
