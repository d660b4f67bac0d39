import pytest

from tests.harness import Check

SCHEMAS = """
import pydantic.v1
from pydantic import BaseModel


class Account(BaseModel):
    name: str


class OrmAccount(BaseModel):
    model_config = {"from_attributes": True}


class Odd(BaseModel):
    json: str

    def dict(self): ...


class Old(pydantic.v1.BaseModel):
    name: str
"""
check = Check("TSL405", path="app/api/utils/accounts.py", others={"app/schemas/all.py": SCHEMAS})


def use(expression: str, annotation: str = "Account") -> str:
    return (
        "from app.schemas.all import Account, Odd, Old, OrmAccount\n\n\n"
        f"def use(data: {annotation}, row):\n    return {expression}\n"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("data.dict()", "data.model_dump()"),
        ("data.dict(exclude_unset=True)", "data.model_dump(exclude_unset=True)"),
        ("data.json(indent=2)", "data.model_dump_json(indent=2)"),
        ('data.copy(update={"a": 1}, deep=True)', 'data.model_copy(update={"a": 1}, deep=True)'),
        ("Account.parse_obj(row)", "Account.model_validate(row)"),
        ("Account.construct(name=row)", "Account.model_construct(name=row)"),
        ("OrmAccount.from_orm(row)", "OrmAccount.model_validate(row)"),
        ("Account.from_orm(row)", "Account.model_validate(row, from_attributes=True)"),
        ("Account(name=row).dict()", "Account(name=row).model_dump()"),
        ("Account.model_validate(row).dict()", "Account.model_validate(row).model_dump()"),
    ],
)
def test_methods_of_pydantic_1(old: str, new: str) -> None:
    check.flags(use(f"«{old}»  # é"), after=use(f"{new}  # é"), scope="use")


def test_a_call_within_a_call() -> None:
    check.flags(
        use("«Account.parse_obj(«data.dict()»)»"),
        after=use("Account.model_validate(data.model_dump())"),
    )


def test_read_from_json() -> None:
    check.flags(
        use("«Account.parse_raw(row)»"), after=use("Account.model_validate_json(row)"), unsafe=True
    )


def test_a_schema_s_own_methods() -> None:
    text = """
        from pydantic import BaseModel


        class Account(BaseModel):
            name: str

            def as_text(self):
                return «self.json()»

            @classmethod
            def read(cls, row):
                return «cls.parse_obj(row)»
        """
    check.flags(
        text,
        after=text.replace("«self.json()»", "self.model_dump_json()").replace(
            "«cls.parse_obj(row)»", "cls.model_validate(row)"
        ),
    )


def test_a_variable_and_an_optional_parameter() -> None:
    check.flags(
        use("[«a.dict()» for a in data]", "list[Account]"),
        after=use("[a.model_dump() for a in data]", "list[Account]"),
    )
    check.flags(
        use("«data.dict()» if data else {}", "Account | None"),
        after=use("data.model_dump() if data else {}", "Account | None"),
    )


@pytest.mark.parametrize(
    ("call", "lost"),
    [
        ('data.copy(include={"a"})', "include="),
        ("data.json(encoder=str)", "encoder="),
        ("data.dict(skip_defaults=True)", "skip_defaults="),
        ("data.dict(**options)", "**"),
        ("Account.parse_raw(row, encoding=row)", "encoding="),
    ],
)
def test_arguments_that_are_gone(call: str, lost: str) -> None:
    check.flags(use(f"«{call}»"), after=None, reason=lost)


@pytest.mark.parametrize(
    ("call", "annotation"),
    [
        ("data.json()", "Response"),
        ("data.copy()", "dict"),
        ("row.dict()", "Account"),
        ("data.dict()", "Odd"),
        ("data.json", "Account"),
        ("data.dict()", "Old"),
        ("data.model_dump()", "Account"),
        ("requests.get(row).json()", "Account"),
    ],
)
def test_methods_of_something_else(call: str, annotation: str) -> None:
    check.clean(use(call, annotation))
