import pytest

from tests.harness import Check

check = Check("TSL406", path="app/schemas/requests.py")


def field(line: str, head: str = "from pydantic import BaseModel, Field") -> str:
    return f"{head}\n\n\nclass A(BaseModel):\n    {line}\n"


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            'name: str = Field(..., «example="é"», max_length=9)',
            'name: str = Field(..., json_schema_extra={"example": "é"}, max_length=9)',
        ),
        (
            "id: int = Field(«example=1»)  # one",
            'id: int = Field(json_schema_extra={"example": 1})  # one',
        ),
        (
            "id: int = Field(..., «example = (1)»)",
            'id: int = Field(..., json_schema_extra={"example": (1)})',
        ),
        (
            "id: Annotated[int, Field(«example=1»)]",
            'id: Annotated[int, Field(json_schema_extra={"example": 1})]',
        ),
        (
            'id: int = Field(..., «example=1», json_schema_extra={"deprecated": True})',
            'id: int = Field(..., json_schema_extra={"deprecated": True, "example": 1})',
        ),
        (
            "id: int = Field(«example=1», json_schema_extra={})",
            'id: int = Field(json_schema_extra={"example": 1})',
        ),
    ],
)
def test_an_example_of_its_own(line: str, fixed: str) -> None:
    check.flags(field(line), after=field(fixed), scope="A")


def test_a_field_that_grows_too_long() -> None:
    check.flags(
        field('country_name: str | None = Field(None, «example="South Africa"», max_length=255)'),
        after=field(
            "country_name: str | None = Field(\n"
            '        None, json_schema_extra={"example": "South Africa"}, max_length=255\n    )'
        ),
    )


def test_an_example_over_several_lines() -> None:
    check.flags(
        field(
            'value: dict = Field(\n        ...,\n        «example={\n            "a": 1,\n        }»,\n    )'
        ),
        after=field(
            'value: dict = Field(\n        ...,\n        json_schema_extra={\n            "example": {\n'
            '                "a": 1,\n            }\n        },\n    )'
        ),
    )


def test_by_another_name() -> None:
    head = "import pydantic as p\nfrom pydantic import BaseModel, Field as F"
    check.flags(
        field("id: int = F(«example=1»); b: int = p.Field(«example=2»)", head),
        after=field(
            'id: int = F(json_schema_extra={"example": 1}); '
            'b: int = p.Field(json_schema_extra={"example": 2})',
            head,
        ),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("id: int = Field(«example=1», **more)", "**"),
        ("id: int = Field(«example=1», json_schema_extra=EXTRA)", "made elsewhere"),
        ('id: int = Field(«example=1», json_schema_extra={"example": 2})', "already"),
    ],
)
def test_an_example_that_cannot_be_moved(line: str, reason: str) -> None:
    check.flags(field(line), after=None, reason=reason)


@pytest.mark.parametrize(
    "line",
    [
        "id: int = Field(examples=[1])",
        'id: int = Field(json_schema_extra={"example": 1})',
        "id: int = Query(example=1)",
        "id: int = old.Field(example=1)",
    ],
)
def test_what_is_no_example_of_a_field(line: str) -> None:
    check.clean(
        field(
            line, "from pydantic import Field\nfrom fastapi import Query\nimport pydantic.v1 as old"
        )
    )
