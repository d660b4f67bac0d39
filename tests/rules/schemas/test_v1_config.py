import pytest

from tests.harness import Check

check = Check("TSL404", path="app/schemas/responses.py")

HEAD = """
from pydantic import BaseModel, Extra


class BaseResponse(BaseModel):
    id: int

"""


def schema(body: str, head: str = HEAD) -> str:
    return head + "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))


def test_keys_that_are_called_otherwise() -> None:
    check.flags(
        schema(
            "«class Config»:\n    orm_mode = True\n    allow_population_by_field_name: bool = True"
        ),
        after=schema('model_config = {"from_attributes": True, "populate_by_name": True}'),
        scope="BaseResponse.Config",
        message="BaseResponse is configured by an inner class",
    )


def test_a_configuration_that_does_not_fit_a_line() -> None:
    check.flags(
        schema(
            "«class Config»:\n    orm_mode = True\n    anystr_strip_whitespace = True\n\n"
            "    arbitrary_types_allowed = True\n"
        ),
        after=schema(
            'model_config = {\n    "from_attributes": True,\n    "str_strip_whitespace": True,\n'
            '    "arbitrary_types_allowed": True,\n}\n'
        ),
    )


def test_comments_stay_beside_their_keys() -> None:
    check.flags(
        schema(
            "«class Config»:  # of all\n    # objects too\n    orm_mode = True  # yes\n    title = 'A'"
        ),
        after=schema(
            'model_config = {  # of all\n    # objects too\n    "from_attributes": True,  # yes\n'
            "    \"title\": 'A',\n}"
        ),
    )


def test_values_over_several_lines() -> None:
    check.flags(
        schema(
            '«class Config»:\n    schema_extra = {\n        "example": {\n            "id": 1,\n'
            "        },\n    }\n    frozen = True"
        ),
        after=schema(
            'model_config = {\n    "json_schema_extra": {\n        "example": {\n            "id": 1,\n'
            '        },\n    },\n    "frozen": True,\n}'
        ),
    )


def test_values_that_change_too() -> None:
    check.flags(
        schema(
            "«class Config»:\n    allow_mutation = False\n    extra = Extra.forbid\n\ndef f(self): ..."
        ),
        after=schema(
            'model_config = {"frozen": True, "extra": "forbid"}\n\ndef f(self): ...'
        ).replace("BaseModel, Extra", "BaseModel"),
    )


def test_keys_that_say_nothing_any_more() -> None:
    check.flags(
        schema("«class Config»:\n    smart_union = True\n    frozen = True"),
        after=schema('model_config = {"frozen": True}'),
    )
    check.flags(schema("«class Config»:\n    pass"), after=schema("model_config = {}"))


def test_a_nested_schema() -> None:
    check.flags(
        schema("class Inner(BaseModel):\n    «class Config»:\n        title = 'é'"),
        after=schema("class Inner(BaseModel):\n    model_config = {\"title\": 'é'}"),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("«class Config»:\n    getter_dict = Getter", "getter_dict has no counterpart"),
        ("«class Config»(Base.Config):\n    title = 'A'", "derives from another"),
        ("«class Config»:\n    def schema_extra(schema): ...", "more than values"),
        ("«class Config»: title = 'A'", "on one line"),
        ("«class Config»:\n    title = 'A'; frozen = True", "two statements"),
        ("model_config = {}\n\n«class Config»:\n    title = 'A'", "model_config as well"),
        ("«class Config»:\n    allow_mutation = MUTABLE", "the other way round"),
    ],
)
def test_configurations_without_a_fix(body: str, reason: str) -> None:
    check.flags(schema(body), after=None, reason=reason)


def test_a_configuration_from_which_another_derives() -> None:
    there = check.with_(
        others={
            "app/schemas/more.py": "from app.schemas.responses import BaseResponse\n\n\n"
            "class A(BaseResponse):\n    class Config(BaseResponse.Config):\n        title = 'A'\n"
        }
    )
    there.flags(schema("«class Config»:\n    title = 'B'"), after=None, reason="of A.Config")


def test_settings_and_other_classes() -> None:
    check.clean(
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        "    class Config:\n        env_file = '.env'\n"
    )
    check.clean(
        "from pydantic.v1 import BaseModel\n\n\nclass A(BaseModel):\n    class Config:\n"
        "        orm_mode = True\n"
    )
    check.clean("class A:\n    class Config:\n        orm_mode = True\n")
    check.clean("class Config:\n    orm_mode = True\n")
    check.clean(schema('model_config = {"from_attributes": True}'))


def test_the_import_of_an_annotation_goes_with_it() -> None:
    head = "from typing import ClassVar\n\nfrom pydantic import BaseModel\n\n\nclass BaseResponse(BaseModel):\n    id: int\n\n"
    check.flags(
        schema("«class Config»:\n    orm_mode: ClassVar[bool] = True", head),
        after=schema(
            'model_config = {"from_attributes": True}',
            head.removeprefix("from typing import ClassVar\n\n"),
        ),
    )
