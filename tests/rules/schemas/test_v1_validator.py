import pytest

from tests.harness import Check

check = Check("TSL403", path="app/schemas/requests.py")


def schema(method: str, imported: str = "validator") -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in method.strip("\n").split("\n"))
    names = ", ".join(sorted(["BaseModel", *imported.split()]))
    return f"from pydantic import {names}\n\n\nclass A(BaseModel):\n    name: str\n\n{lines}"


def test_a_plain_validator() -> None:
    check.flags(
        schema('@«validator("name")»  # why\ndef check(cls, value):\n    return value'),
        after=schema(
            '@field_validator("name")  # why\n@classmethod\ndef check(cls, value):\n    return value',
            "field_validator",
        ),
        message="@validator is Pydantic 1's",
    )


@pytest.mark.parametrize(
    "decorators", ["@«validator({})»\n@classmethod\n", "@«validator({})»\n@staticmethod\n"]
)
def test_one_that_is_a_class_method_already(decorators: str) -> None:
    check.flags(
        schema(decorators.format('"name", allow_reuse=True') + "def check(cls, value): ..."),
        after=schema(
            decorators.format('"name"').replace("«validator", "field_validator").replace("»", "")
            + "def check(cls, value): ...",
            "field_validator",
        ),
    )


def test_fields_that_need_not_be_there() -> None:
    check.flags(
        schema(
            '@«validator("name", "other", check_fields=False, always=False)»\ndef check(cls, v): ...'
        ),
        after=schema(
            '@field_validator("name", "other", check_fields=False)\n@classmethod\ndef check(cls, v): ...',
            "field_validator",
        ),
    )


def test_before_the_field_is_read() -> None:
    check.flags(
        schema('@«validator("name", pre=True)»\ndef check(cls, v): ...'),
        after=schema(
            '@field_validator("name", mode="before")\n@classmethod\ndef check(cls, v): ...',
            "field_validator",
        ),
        unsafe=True,
    )


def test_other_fields_are_read() -> None:
    check.flags(
        schema(
            '@«validator("name")»\ndef check(cls, v, values):\n    return v or values.get("id")'
        ),
        after=schema(
            '@field_validator("name")\n@classmethod\ndef check(cls, v, info: ValidationInfo):\n'
            '    return v or info.data.get("id")',
            "ValidationInfo field_validator",
        ),
        unsafe=True,
    )


def test_a_root_validator_before() -> None:
    check.flags(
        schema(
            "@«root_validator(pre=True)»\ndef check(cls, values):\n    return values",
            "root_validator",
        ),
        after=schema(
            '@model_validator(mode="before")\n@classmethod\ndef check(cls, values):\n    return values',
            "model_validator",
        ),
        unsafe=True,
    )


def test_a_root_validator_that_reads_fields() -> None:
    check.flags(
        schema(
            "@«root_validator(skip_on_failure=True)»\n@classmethod\ndef check(cls, values):\n"
            '    if values["name"] == values.get("other"):\n        raise ValueError("no")\n'
            "    return values",
            "root_validator",
        ),
        after=schema(
            '@model_validator(mode="after")\ndef check(self):\n'
            '    if self.name == self.other:\n        raise ValueError("no")\n    return self',
            "model_validator",
        ),
        unsafe=True,
    )


def test_a_root_validator_that_says_what_it_returns() -> None:
    check.flags(
        schema(
            "@«root_validator()»\ndef check(cls, values) -> dict:\n    return values",
            "root_validator",
        ),
        after=schema(
            '@model_validator(mode="after")\ndef check(self) -> "A":\n    return self',
            "model_validator",
        ),
        unsafe=True,
    )


def test_a_root_validator_without_arguments() -> None:
    check.flags(
        schema("@«root_validator»\ndef check(cls, values):\n    return values", "root_validator"),
        after=schema(
            '@model_validator(mode="after")\ndef check(self):\n    return self', "model_validator"
        ),
        unsafe=True,
    )


def test_by_the_package_s_name() -> None:
    head = "import pydantic as p\n\n\nclass A(p.BaseModel):\n    name: str\n\n"
    check.flags(
        head + '    @«p.validator("name")»\n    def check(cls, v): ...\n',
        after=head
        + '    @p.field_validator("name")\n    @classmethod\n    def check(cls, v): ...\n',
    )


def test_a_re_export_of_the_project() -> None:
    there = check.with_(
        others={"app/core/models.py": "from pydantic import validator as checked\n"}
    )
    head = "from app.core.models import checked  # validator\nfrom pydantic import BaseModel\n\n\nclass A(BaseModel):\n"
    there.flags(
        head + '    @«checked("name")»\n    def check(cls, v): ...\n',
        after=head.replace("import BaseModel", "import BaseModel, field_validator")
        + '    @field_validator("name")\n    @classmethod\n    def check(cls, v): ...\n',
    )


def test_a_decorator_that_grows_too_long() -> None:
    fields = '"a_rather_long_name", "another_long_name", "and_one_that_fills_it_all"'
    check.flags(
        schema(f"@«validator({fields})»\ndef check(cls, v): ..."),
        after=schema(
            f"@field_validator(\n    {fields}\n)\n@classmethod\ndef check(cls, v): ...",
            "field_validator",
        ),
    )


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ('@«validator("name", each_item=True)»\ndef check(cls, v): ...', "each_item"),
        ('@«validator("name", always=True)»\ndef check(cls, v): ...', "always"),
        ('@«validator("name", **options)»\ndef check(cls, v): ...', "made elsewhere"),
        ('@«validator("name", pre=EARLY)»\ndef check(cls, v): ...', "not written out"),
        ('@«validator("name")»\ndef check(cls, v, field): ...', "of field"),
        ('@«validator("name")»\ndef check(cls, v, **kwargs): ...', "whatever"),
        ('check = «validator("name", allow_reuse=True)»(strip)', "made of a function"),
    ],
)
def test_what_pydantic_2_says_otherwise(method: str, reason: str) -> None:
    check.flags(schema(method), after=None, reason=reason)


def test_a_root_validator_that_changes_its_values() -> None:
    check.flags(
        schema(
            '@«root_validator(skip_on_failure=True)»\ndef check(cls, values):\n    values["a"] = 1\n'
            "    return values",
            "root_validator",
        ),
        after=None,
        reason="does more with values",
    )


def test_a_service_that_cannot_run_under_pydantic_2() -> None:
    old = check.with_(others={"app/settings.py": "from pydantic import BaseSettings\n"})
    old.flags(
        schema('@«validator("name")»\ndef check(cls, value): ...'),
        after=schema(
            '@field_validator("name")\n@classmethod\ndef check(cls, value): ...', "field_validator"
        ),
        unsafe=True,
    )


def test_what_is_no_validator_of_pydantic_1() -> None:
    check.clean(
        schema('@field_validator("name")\n@classmethod\ndef check(cls, v): ...', "field_validator")
    )
    check.clean(
        'from attrs import validator\n\n\nclass A:\n    @validator("a")\n    def f(cls, v): ...\n'
    )
    check.clean(
        "from pydantic.v1 import BaseModel, validator\n\n\nclass A(BaseModel):\n"
        '    @validator("a")\n    def f(cls, v): ...\n'
    )
    check.clean(
        'def validator(name): ...\n\n\nclass A:\n    @validator("a")\n    def f(cls, v): ...\n'
    )
