import pytest

from tests.documentation_context import CONTEXT
from tests.harness import Check
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.project.settings import Settings

SCHEMAS = """
from pydantic import BaseModel


class PatchAccountRequest(BaseModel):
    id: int
    company_id: int | None = None
    name: str | None = None


class PatchNameRequest(BaseModel):
    id: int
    name: str | None = None


class RenameRequest(BaseModel):
    name: str | None = None
"""
check = Check(
    "TSL412",
    path="app/api/endpoints/accounts.py",
    others={**CONTEXT, "app/schemas/requests.py": SCHEMAS},
)

HEAD = """
from fastapi import APIRouter, Depends
from app.api import deps
from app.models import Account
from app.schemas.requests import PatchAccountRequest, PatchNameRequest, RenameRequest

router = APIRouter()


@router.patch("/account")
async def patch_account(
    data: {schema},
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    account = await company_access.get_account(1)
"""


def patch(body: str, schema: str = "PatchNameRequest") -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.strip("\n").split("\n"))
    return HEAD.format(schema=schema) + lines


def test_a_loop_over_the_dump() -> None:
    check.flags(
        patch(
            """
update_data = data.model_dump(exclude_unset=True)
for field, value in update_data.items():
    «setattr(account, field, value)»  # every one
"""
        ),
        after=patch(
            """
update_data = data.model_dump(exclude_unset=True)
for field, value in update_data.items():
    if field != "id":
        setattr(account, field, value)  # every one
"""
        ),
        message="sets id of PatchNameRequest",
        scope="patch_account",
    )


def test_the_tenant_column_too() -> None:
    check.flags(
        patch(
            """
for key, value in data.model_dump(exclude_unset=True).items():
    «setattr(account, key, value)»
""",
            "PatchAccountRequest",
        ),
        after=patch(
            """
for key, value in data.model_dump(exclude_unset=True).items():
    if key not in ("id", "company_id"):
        setattr(account, key, value)
""",
            "PatchAccountRequest",
        ),
    )


def test_a_guard_that_forgets_the_tenant() -> None:
    check.flags(
        patch(
            """
for key, value in data.model_dump().items():
    if key != "id":
        «setattr(account, key, value)»
""",
            "PatchAccountRequest",
        ),
        after=patch(
            """
for key, value in data.model_dump().items():
    if key not in ("id", "company_id"):
        setattr(account, key, value)
""",
            "PatchAccountRequest",
        ),
        message="sets company_id",
    )


def test_a_loop_on_one_line() -> None:
    check.flags(
        patch("for k, v in data.dict().items(): «setattr(account, k, v)»"),
        after=patch(
            """
for k, v in data.dict().items():
    if k != "id":
        setattr(account, k, v)
"""
        ),
    )


def test_other_statements_of_the_loop_stay_outside() -> None:
    check.flags(
        patch(
            """
for key in data.model_fields_set:
    value = getattr(data, key)
    «setattr(
        account,
        key,
        value,
    )»
    seen(key)
"""
        ),
        after=patch(
            """
for key in data.model_fields_set:
    value = getattr(data, key)
    if key != "id":
        setattr(
            account,
            key,
            value,
        )
    seen(key)
"""
        ),
    )


@pytest.mark.parametrize(
    "loop",
    [
        "for key, value in data: «setattr(account, key, value)»",
        "for key in sorted(data.model_dump()): «setattr(account, key, getattr(data, key))»",
        "for key in PatchNameRequest.model_fields: «setattr(account, key, getattr(data, key))»",
        "for key in data.__fields_set__: «setattr(account, key, getattr(data, key))»",
    ],
)
def test_other_ways_over_the_fields(loop: str) -> None:
    head, _, statement = loop.replace("«", "").replace("»", "").partition(": ")
    check.flags(patch(loop), after=patch(f'{head}:\n    if key != "id":\n        {statement}'))


def test_two_statements_on_one_line() -> None:
    check.flags(
        patch("for k, v in data: «setattr(account, k, v)»; print(k)"),
        after=None,
        reason="another statement",
    )


def test_tabs() -> None:
    text = patch("for k, v in data:\n    «setattr(account, k, v)»").replace("    ", "\t")
    after = patch('for k, v in data:\n    if k != "id":\n        setattr(account, k, v)')
    check.flags(text, after=after.replace("    ", "\t"))


def test_an_object_of_unknown_class_in_an_endpoint() -> None:
    check.flags(
        patch("thing = find(1)\nfor k, v in data:\n    «setattr(thing, k, v)»"),
        after=patch(
            'thing = find(1)\nfor k, v in data:\n    if k != "id":\n        setattr(thing, k, v)'
        ),
    )


def test_a_utility_that_takes_the_schema() -> None:
    utility = check.with_(path="app/api/utils/patch_utils.py")
    utility.flags(
        """
        from app.models import Account
        from app.schemas.requests import PatchNameRequest as Patch


        def apply(account: Account, data: Patch) -> None:
            for key, value in data.model_dump(exclude_unset=True).items():
                «setattr(account, key, value)»
        """,
        after="""
        from app.models import Account
        from app.schemas.requests import PatchNameRequest as Patch


        def apply(account: Account, data: Patch) -> None:
            for key, value in data.model_dump(exclude_unset=True).items():
                if key != "id":
                    setattr(account, key, value)
        """,
    )


def test_a_tenant_column_of_another_name() -> None:
    here = check.with_(
        others={
            "app/schemas/requests.py": SCHEMAS.replace("company_id", "organization_id"),
            "app/models.py": CONTEXT["app/models.py"].replace("company_id", "organization_id"),
        },
        settings=Settings(tenant_column="organization_id"),
    )
    here.flags(
        patch(
            'for k, v in data:\n    if k != "id":\n        «setattr(account, k, v)»',
            "PatchAccountRequest",
        ),
        after=patch(
            'for k, v in data:\n    if k not in ("id", "organization_id"):\n'
            "        setattr(account, k, v)",
            "PatchAccountRequest",
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        'for k, v in data:\n    if k != "id":\n        setattr(account, k, v)',
        'for k, v in data:\n    if k == "id":\n        continue\n    setattr(account, k, v)',
        "for k, v in data:\n    if k in EDITABLE:\n        setattr(account, k, v)",
        'for k, v in data.model_dump(exclude={"id"}).items():\n    setattr(account, k, v)',
        'for k, v in data.model_dump(include={"name"}).items():\n    setattr(account, k, v)',
        "for k, v in data.model_dump(exclude=FIXED).items():\n    setattr(account, k, v)",
        'new = data.model_dump()\nnew.pop("id")\nfor k, v in new.items():\n    setattr(account, k, v)',
        'new = data.model_dump()\ndel new["id"]\nfor k in new:\n    setattr(account, k, new[k])',
        "new = {k: v for k, v in data if k in OPEN}\nfor k, v in new.items():\n"
        "    setattr(account, k, v)",
        "account = Account()\nfor k, v in data:\n    setattr(account, k, v)",
        "for k, v in data:\n    setattr(data, k, v)",
        "for k, v in settings.items():\n    setattr(account, k, v)",
        'for k, v in data:\n    setattr(account, "name", v)',
        "setattr = print\nfor k, v in data:\n    setattr(account, k, v)",
    ],
)
def test_what_leaves_the_identifier_alone(body: str) -> None:
    check.clean(patch(body))


def test_a_schema_without_either() -> None:
    check.clean(patch("for k, v in data:\n    setattr(account, k, v)", "RenameRequest"))


def test_a_script() -> None:
    script = check.with_(path="scripts/accounts.py")
    script.clean(patch("for k, v in data:\n    setattr(account, k, v)"))


@pytest.mark.parametrize(
    ("loop", "fixed"),
    [
        (
            "    setattr(account, key, value)",
            '    if key != "id":\n        setattr(account, key, value)',
        ),
        (
            '    if key != "id":\n        setattr(account, key, value)',
            '    if key != "id":\n        setattr(account, key, value)',
        ),
    ],
)
def test_together_with_the_rule_on_tenants_nothing_is_left_out_twice(loop: str, fixed: str) -> None:
    body = "update = data.model_dump(exclude_unset=True)\nfor key, value in update.items():\n{}"
    text = patch(body.format(loop), "PatchAccountRequest")
    source = check.source(text)
    both = [rule for rule in all_rules() if rule.code in ("TSL304", "TSL412")]
    project = check.project(source)
    found = lint(source, project, check.settings, both).findings
    assert {finding.code for finding in found} == {"TSL304", "TSL412"}
    made = fix(source, project, check.settings, both, wants(unsafe_too=False))
    left_out = body.replace("unset=True", 'unset=True, exclude={{"company_id"}}')
    assert made.text == patch(left_out.format(fixed), "PatchAccountRequest")
    assert not made.left.findings
