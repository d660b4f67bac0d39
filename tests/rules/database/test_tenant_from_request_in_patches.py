"""Loops that write what the client sent over a row, and those that keep the tenant (TSL304)."""

import pytest

from tests.rules.database.account_endpoints import HEAD, check, flags

PATCH = (
    HEAD
    + """
@router.patch("/account")
async def patch_account(
    request_data: PatchAccountRequest,
    access: deps.CompanyAccess = Depends(deps.get_company_access),
):
"""
)


def test_a_patch_loop() -> None:
    flags(
        """\
    account = await access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True)
    for field, value in update_data.items():
        if field != "id":
            «setattr(account, field, value)»
""",
        """\
    account = await access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True, exclude={"company_id"})
    for field, value in update_data.items():
        if field != "id":
            setattr(account, field, value)
""",
        PATCH,
    )


def test_setattr_by_name() -> None:
    flags(
        """\
    account = Account(name=request_data.name)
    setattr(account, "company_id", «request_data.company_id»)
""",
        """\
    account = Account(name=request_data.name)
    setattr(account, "company_id", company.id)
""",
    )


def test_a_patch_loop_over_what_a_schema_leaves_in_its_dict() -> None:
    check.flags(
        PATCH
        + """\
    account = await access.get_account(request_data.id)
    for field in request_data.model_dump(exclude={"id"}):
        «setattr(account, field, getattr(request_data, field))»
""",
        after=None,
        reason="made elsewhere",
    )


def test_a_patch_loop_over_the_dump_itself() -> None:
    flags(
        """\
    account = await access.get_account(request_data.id)
    for field, value in request_data.model_dump(exclude={"id"}).items():
        «setattr(account, field, value)»
""",
        """\
    account = await access.get_account(request_data.id)
    for field, value in request_data.model_dump(exclude={"id", "company_id"}).items():
        setattr(account, field, value)
""",
        PATCH,
    )


LOOPS = [
    "        if field not in ('id', 'company_id'):\n            setattr(account, field, value)",
    "        if field == 'company_id':\n            continue\n        setattr(account, field, value)",
    "        if field in ALLOWED:\n            setattr(account, field, value)",
    "        if field not in PROTECTED_FIELDS:\n            setattr(account, field, value)",
    "        if field in {'name'}:\n            setattr(account, field, value)",
]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_patch_loop_that_keeps_the_tenant(loop: str) -> None:
    check.clean(
        PATCH
        + "    account = await access.get_account(request_data.id)\n"
        + "    for field, value in request_data.model_dump().items():\n"
        + loop
        + "\n"
    )
