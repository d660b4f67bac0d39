import pytest

from tests.harness import Check

SETTINGS = """
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    DATABASE_URL: str
    ENVIRONMENT: str = "development"
    SENTRY_DSN: str | None = None
    PORT: int = 8000
    TOKEN: str = Field("", validation_alias="SECRET_TOKEN")


settings = Settings()
"""
check = Check("TSL004", path="app/core/links.py", others={"app/settings.py": SETTINGS})
AFTER = "from app.settings import settings\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("os.environ['DATABASE_URL']", "settings.DATABASE_URL"),
        ("os.environ['ENVIRONMENT']", "settings.ENVIRONMENT"),
        ("os.getenv('DATABASE_URL')", "settings.DATABASE_URL"),
        ("os.getenv('ENVIRONMENT', 'development')", "settings.ENVIRONMENT"),
        ("os.environ.get('ENVIRONMENT', default='development')", "settings.ENVIRONMENT"),
        ("os.environ.get('SENTRY_DSN')", "settings.SENTRY_DSN"),
        ("os.getenv('sentry_dsn', None)", "settings.SENTRY_DSN"),
    ],
)
def test_what_settings_have(before: str, after: str) -> None:
    check.flags(f"import os\n\nvalue = «{before}»\n", after=f"{AFTER}value = {after}\n")


@pytest.mark.parametrize(
    "before", ["os.getenv('ENVIRONMENT')", "os.getenv('ENVIRONMENT', 'production')"]
)
def test_another_default_than_that_of_the_field(before: str) -> None:
    check.flags(
        f"import os\n\nvalue = «{before}»\n",
        after=f"{AFTER}value = settings.ENVIRONMENT\n",
        unsafe=True,
    )


def test_other_names_of_the_environment_and_of_the_settings() -> None:
    check.flags(
        """
        from os import environ as env, getenv

        from app import settings as config

        url = «env["DATABASE_URL"]».lower()
        name = «getenv("DATABASE_URL")»
        """,
        after="""
        from app import settings as config

        url = config.settings.DATABASE_URL.lower()
        name = config.settings.DATABASE_URL
        """,
    )


def test_the_package_gives_the_instance() -> None:
    package = {"app/__init__.py": "from app.settings import settings\n"}
    check.with_(others=package).flags(
        "import os\n\nfrom app import settings\n\nurl = «os.environ['DATABASE_URL']»\n",
        after="from app import settings\n\nurl = settings.DATABASE_URL\n",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("value = «os.environ['REGION']»", "have a field REGION"),
        ("value = «os.environ[name]»", "only the run knows"),
        ("value = «'REGION' in os.environ»", "only the run knows"),
        ("value = int(«os.environ['PORT']»)", "no text"),
        ("value = «os.getenv('TOKEN')»", "another name"),
        ("settings = 1\nvalue = «os.environ['DATABASE_URL']»", "means something else"),
    ],
)
def test_what_has_no_fix(text: str, reason: str) -> None:
    check.flags(f"import os\n\n{text}\n", after=None, reason=reason)


def test_a_prefix_renames_every_field() -> None:
    prefixed = SETTINGS.replace(
        "    DATABASE_URL", '    model_config = {"env_prefix": "APP_"}\n    DATABASE_URL', 1
    )
    check.with_(others={"app/settings.py": prefixed}).flags(
        "import os\n\nvalue = «os.environ['DATABASE_URL']»\n",
        after=None,
        reason="have a field DATABASE_URL",
    )


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\nos.environ['TZ'] = 'UTC'\n",
        "import os\n\nos.environ.setdefault('TZ', 'UTC')\n",
        "import os\n\nrun(env={**os.environ, 'A': '1'})\n",
        "import os\n\nrun(env=os.environ.copy())\n",
        "environ = {}\nvalue = environ['DATABASE_URL']\n",
        "def getenv(name): ...\n\n\nvalue = getenv('DATABASE_URL')\n",
    ],
)
def test_what_reads_nothing(text: str) -> None:
    check.clean(text)


@pytest.mark.parametrize(
    "path",
    [
        "app/settings.py",
        "app/core/config.py",
        "app/config/database.py",
        "scripts/run.py",
        "app/tests/conftest.py",
        "alembic/env.py",
    ],
)
def test_where_the_environment_may_be_read(path: str) -> None:
    check.with_(path=path).clean("import os\n\nvalue = os.environ['REGION']\n")


def test_a_service_without_settings() -> None:
    Check("TSL004", path="app/x.py").clean("import os\n\nvalue = os.environ['REGION']\n")
