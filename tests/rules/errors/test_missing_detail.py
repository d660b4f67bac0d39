import pytest

from tests.harness import Check

check = Check("TSL605")

HEAD = "from fastapi import HTTPException, status\nfrom app import constants\n\n\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("HTTPException(status_code=404)", "has no detail"),
        ("HTTPException(404)", "has no detail"),
        ("HTTPException(status.HTTP_403_FORBIDDEN, headers={})", "has no detail"),
        ("HTTPException(404, None)", "has `None` as its detail"),
        ("HTTPException(404, detail=5)", "has `5` as its detail"),
        ('HTTPException(404, detail={"field": "name"})', "has a dict as its detail"),
        ('HTTPException(400, ["name"])', "has a list as its detail"),
        ('HTTPException(400, detail=dict(field="name"))', "has a dict as its detail"),
        ("HTTPException(400, detail=[e for e in errors])", "has a list as its detail"),
        ("HTTPException(404, detail=constants.NOTHING)", "has `None` as its detail"),
        ("HTTPException(422, detail={})", "has a dict as its detail"),
    ],
)
def test_what_says_nothing(call: str, message: str) -> None:
    others = {"app/constants.py": "NOTHING = None\nGONE = 'Gone'\n"}
    check.with_(others=others).flags(
        f"{HEAD}def refuse(errors):\n    raise «{call}»\n",
        after=None,
        reason="a person has to say",
        message=message,
        scope="refuse",
    )


def test_a_variable_that_is_no_string() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def refuse(name):
            problem = {"field": "name", "value": name}
            raise «HTTPException(status_code=400, detail=problem)»
        """,
        after=None,
    )


@pytest.mark.parametrize(
    "call",
    [
        'HTTPException(status_code=404, detail="Account not found")',
        'HTTPException(404, "Account not found")',
        "HTTPException(404, constants.GONE)",
        'HTTPException(404, detail=f"{errors} not found")',
        "HTTPException(404, detail=errors)",
        "HTTPException(404, detail=str(errors))",
        "HTTPException(**errors)",
        "HTTPException(404, **errors)",
        "HTTPException(*errors)",
        "HTTPException(status_code=304)",
        'HTTPException(303, headers={"Location": "/login"})',
        "HTTPException(status_code=status.HTTP_204_NO_CONTENT)",
        'HTTPException(422, detail=[{"loc": ["body"], "msg": "x", "type": "y"}])',
        "HTTPException(422, detail=errors.errors())",
    ],
)
def test_what_says_something_or_cannot_be_read(call: str) -> None:
    others = {"app/constants.py": "NOTHING = None\nGONE = 'Gone'\n"}
    check.with_(others=others).clean(f"{HEAD}def refuse(errors):\n    raise {call}\n")


def test_a_variable_that_is_set_twice_and_a_class_of_the_service() -> None:
    check.clean(
        """
        from fastapi import HTTPException


        class NotFound(HTTPException):
            def __init__(self, detail="Not found"):
                super().__init__(status_code=404, detail=detail)


        def refuse(name):
            problem = {}
            problem = f"{name} is taken"
            if name:
                raise NotFound()
            raise HTTPException(status_code=400, detail=problem)
        """
    )


def test_a_local_function_called_dict() -> None:
    check.clean(
        """
        from fastapi import HTTPException


        def dict(**words):
            return " ".join(words)


        def refuse():
            raise HTTPException(status_code=400, detail=dict(name="taken"))
        """
    )
