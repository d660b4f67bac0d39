from tests.harness import Check

check = Check("TSL414", path="app/schemas/responses.py")

HEAD = "\nfrom pydantic import BaseModel, ConfigDict\n\n\n"


def test_a_base_that_says_nothing() -> None:
    check.flags(
        HEAD + "class BaseResponse(«BaseModel»):\n    pass  # nothing\n",
        after=HEAD + 'class BaseResponse(BaseModel):\n    model_config = {"from_attributes": True}'
        "  # nothing\n",
        scope="BaseResponse",
    )


def test_a_base_with_a_docstring() -> None:
    check.flags(
        HEAD + 'class BaseResponse(«BaseModel»):\n    """Base."""\n\n\nOTHER = 1\n',
        after=HEAD + 'class BaseResponse(BaseModel):\n    """Base."""\n\n'
        '    model_config = {"from_attributes": True}\n\n\nOTHER = 1\n',
    )


def test_a_base_with_a_docstring_and_fields() -> None:
    check.flags(
        HEAD + 'class BaseResponse(«BaseModel»):\n    """Base."""\n\n    id: int\n',
        after=HEAD + 'class BaseResponse(BaseModel):\n    """Base."""\n\n'
        '    model_config = {"from_attributes": True}\n\n    id: int\n',
    )


def test_a_base_with_a_method() -> None:
    check.flags(
        HEAD + "class BaseResponse(«BaseModel»):\n    @property\n    def id(self): ...\n",
        after=HEAD
        + 'class BaseResponse(BaseModel):\n    model_config = {"from_attributes": True}\n\n'
        "    @property\n    def id(self): ...\n",
    )


def test_a_docstring_at_the_end_of_the_file() -> None:
    check.flags(
        HEAD + 'class BaseResponse(«BaseModel»):\n    """Base."""',
        after=HEAD + 'class BaseResponse(BaseModel):\n    """Base."""\n\n'
        '    model_config = {"from_attributes": True}\n',
    )


def test_a_configuration_that_says_other_things() -> None:
    check.flags(
        HEAD + 'class BaseResponse(BaseModel):\n    model_config = «{"frozen": True}»\n',
        after=HEAD + "class BaseResponse(BaseModel):\n"
        '    model_config = {"frozen": True, "from_attributes": True}\n',
    )
    check.flags(
        HEAD + "class BaseResponse(BaseModel):\n    model_config = «ConfigDict(frozen=True)»\n",
        after=HEAD + "class BaseResponse(BaseModel):\n"
        "    model_config = ConfigDict(frozen=True, from_attributes=True)\n",
    )


def test_a_configuration_on_several_lines() -> None:
    check.flags(
        HEAD + "class BaseResponse(BaseModel):\n    model_config = «{\n"
        '        "frozen": True,  # as it is\n    }»\n',
        after=HEAD + "class BaseResponse(BaseModel):\n    model_config = {\n"
        '        "frozen": True,  # as it is\n        "from_attributes": True,\n    }\n',
    )


def test_a_configuration_that_is_empty() -> None:
    check.flags(
        HEAD + "class BaseResponse(BaseModel):\n    model_config = «{}»\n",
        after=HEAD
        + 'class BaseResponse(BaseModel):\n    model_config = {"from_attributes": True}\n',
    )


def test_a_configuration_that_switches_it_off() -> None:
    check.flags(
        HEAD + "class BaseResponse(BaseModel):\n"
        "    model_config = «ConfigDict(from_attributes=False)»\n",
        after=HEAD + "class BaseResponse(BaseModel):\n"
        "    model_config = ConfigDict(from_attributes=True)\n",
        unsafe=True,
    )


def test_a_base_class_that_switches_it_off() -> None:
    check.flags(
        HEAD + "class Frame(BaseModel, from_attributes=False): ...\n\n\n"
        "class BaseResponse(«Frame»): ...\n",
        after=None,
        reason="elsewhere",
    )


def test_a_base_that_the_service_calls_otherwise() -> None:
    check.flags(
        HEAD + "class ApiResponse(«BaseModel»): ...\n\n\nclass A(ApiResponse):\n    id: int\n",
        after=HEAD + 'class ApiResponse(BaseModel): model_config = {"from_attributes": True}\n\n\n'
        "class A(ApiResponse):\n    id: int\n",
    )


def test_every_way_to_say_it() -> None:
    for said in (
        '(BaseModel):\n    model_config = {"from_attributes": True}\n',
        "(BaseModel):\n    model_config = ConfigDict(from_attributes=True)\n",
        "(BaseModel, from_attributes=True):\n    pass\n",
        "(BaseModel):\n    class Config:\n        orm_mode = True\n",
        "(BaseModel):\n    model_config = CONFIG\n",
        "(BaseModel):\n    model_config = ConfigDict(**CONFIG)\n",
    ):
        check.clean(HEAD + f"class BaseResponse{said}")
    check.clean(
        HEAD + "class Orm(BaseModel):\n    model_config = ConfigDict(from_attributes=True)\n\n\n"
        "class BaseResponse(Orm):\n    model_config = ConfigDict(frozen=True)\n"
    )


def test_other_classes() -> None:
    check.clean(HEAD + "class AccountResponse(BaseModel):\n    id: int\n")
    check.clean("class BaseResponse:\n    pass\n")
    check.with_(path="app/schemas/requests.py").clean(
        HEAD + "class BaseRequest(BaseModel):\n    pass\n\n\nclass A(BaseRequest): ...\n"
    )
