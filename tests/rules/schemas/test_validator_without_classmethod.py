import pytest

from tests.harness import Check

check = Check("TSL409", path="app/schemas/requests.py")

HEAD = """
import pydantic
from pydantic import BaseModel, field_validator, model_validator as checked

BEFORE = "before"


class A(BaseModel):
    name: str

"""


def schema(method: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in method.split("\n"))


@pytest.mark.parametrize(
    "decorator",
    [
        'field_validator("name")',
        'field_validator("name", mode="after")',
        'pydantic.field_validator("name", mode="before")',
        'checked(mode="before")',
        'checked(mode="wrap")',
        "checked(mode=BEFORE)",
    ],
)
def test_a_validator_that_gets_the_class(decorator: str) -> None:
    check.flags(
        schema(f"@«{decorator}»  # why\ndef check(cls, value): ..."),
        after=schema(f"@{decorator}  # why\n@classmethod\ndef check(cls, value): ..."),
        message="has no @classmethod",
    )


def test_a_decorator_over_several_lines_with_another_below() -> None:
    check.flags(
        schema('@«field_validator(\n    "name",\n)»\n@logged\ndef check(cls, value): ...'),
        after=schema(
            '@field_validator(\n    "name",\n)\n@classmethod\n@logged\ndef check(cls, value): ...'
        ),
    )


def test_the_wrong_order() -> None:
    check.flags(
        schema('@classmethod\n@«field_validator("name")»\ndef check(cls, value): ...'),
        after=schema('@field_validator("name")\n@classmethod\ndef check(cls, value): ...'),
        message="never runs",
    )


def test_tabs() -> None:
    text = schema('@«field_validator("name")»\ndef check(cls, value): ...').replace("    ", "\t")
    after = schema('@field_validator("name")\n@classmethod\ndef check(cls, value): ...')
    check.flags(text, after=after.replace("    ", "\t"))


def test_a_parameter_that_is_no_class() -> None:
    check.flags(
        schema('@«field_validator("name")»\ndef check(value): ...'),
        after=None,
        reason="not called cls",
    )


@pytest.mark.parametrize(
    "method",
    [
        '@field_validator("name")\n@classmethod\ndef check(cls, value): ...',
        '@field_validator("name")\n@staticmethod\ndef check(value): ...',
        '@checked(mode="after")\ndef check(self): ...',
        "@checked(mode=how())\ndef check(cls, value): ...",
        '@other.field_validator("name")\ndef check(cls, value): ...',
    ],
)
def test_validators_that_are_fine(method: str) -> None:
    check.clean(schema(method))
