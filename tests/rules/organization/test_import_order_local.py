"""What TSL001 holds to be local, third party, the standard library."""

import pytest

from tests.harness import Check
from tests.rules.organization.importing_file import check
from turnstay_lint.project.settings import Settings

SERVICE = {
    "app/main.py": "",
    "alembic/env.py": "",
    "scripts/__init__.py": "",
    "scripts/tools.py": "",
    "docker/healthcheck.py": "",
    "toolbox/sheets.py": "",
    "app/core/redis.py": "",
    "app/tests/__init__.py": "",
    "tests/samples.py": "",
    "lonely.py": "",
}


@pytest.mark.parametrize(
    ("statement", "local"),
    [
        ("from app.core import redis", True),
        ("from scripts import tools", True),
        ("import scripts.tools", True),
        ("from toolbox import sheets", True),
        ("from toolbox.sheets import rows", True),
        ("import lonely", True),
        ("from tests.samples import rows", True),
        ("from alembic import op", False),
        ("import docker", False),
        ("from docker import errors", False),
        ("import redis", False),
        ("from unknown import thing", False),
    ],
)
def test_what_is_local(statement: str, local: bool) -> None:
    among = Check("TSL001", path="app/api/deps.py", others=SERVICE)
    found = among.findings(f"from aardvark import x\n\n{statement}\n\nfrom zoo import y\n")
    assert bool(found) is local


def test_local_and_third_party_by_configuration() -> None:
    source = "from aardvark import x\n\nfrom shared import a\n\nfrom zoo import y\n"
    check.clean(source)
    named = check.with_(settings=Settings(known_first_party=("shared",)))
    assert named.findings(source)
    other = Check("TSL001", others={"scripts/__init__.py": ""})
    source = source.replace("shared", "scripts")
    assert other.findings(source)
    other.with_(settings=Settings(known_third_party=("scripts",))).clean(source)


def test_a_service_that_is_not_called_app() -> None:
    named = check.with_(path="guesthouse/api/deps.py", settings=Settings(app="guesthouse"))
    named.flags(
        """
        from guesthouse.models import Account
        «from guesthouse.core import clock»
        """,
        after="""
        from guesthouse.core import clock

        from guesthouse.models import Account
        """,
    )


def test_modules_of_other_pythons_are_the_standard_librarys() -> None:
    check.clean("import annotationlib\nimport distutils\nimport telnetlib\n\nimport fastapi\n")
