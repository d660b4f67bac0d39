import pytest

from tests.harness import Check

SETTINGS = """
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    DATABASE_URL: str


class MailSettings(BaseSettings):
    HOST: str


settings = Settings()
"""
check = Check("TSL005", path="app/core/links.py", others={"app/settings.py": SETTINGS})


def test_settings_made_anew() -> None:
    check.flags(
        """
        from app.settings import Settings

        def get_database():
            return «Settings()».DATABASE_URL
        """,
        after="""
        from app.settings import settings

        def get_database():
            return settings.DATABASE_URL
        """,
        unsafe=True,
    )


def test_through_the_module_under_another_name() -> None:
    check.flags(
        """
        from app import settings as config

        current = «config.Settings()»
        """,
        after="""
        from app import settings as config

        current = config.settings
        """,
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "from app.settings import Settings\n\ns = «Settings(_env_file='x')»\n",
            "arguments of their own",
        ),
        ("from app.settings import MailSettings\n\ns = «MailSettings()»\n", "does not share"),
        (
            "from app.settings import Settings\n\nsettings = «Settings()»\n",
            "means something else",
        ),
    ],
)
def test_what_has_no_fix(text: str, reason: str) -> None:
    check.flags(text, after=None, reason=reason)


@pytest.mark.parametrize(
    "text",
    [
        "class Settings:\n    pass\n\n\ncurrent = Settings()\n",
        "from pydantic_settings import BaseSettings\n\n\nclass JobSettings(BaseSettings):\n    A: str\n\n\njob = JobSettings()\n",
        "from app.settings import Settings\n\n\ndef get(settings: Settings): ...\n",
        "from pydantic_settings import BaseSettings\n\nfrom app.settings import MailSettings\n\n\nclass All(BaseSettings):\n    mail: MailSettings = MailSettings()\n",
    ],
)  # fmt: skip
def test_what_makes_no_other_settings(text: str) -> None:
    check.clean(text)


@pytest.mark.parametrize(
    "path", ["app/core/config.py", "app/tests/conftest.py", "scripts/run.py", "alembic/env.py"]
)
def test_where_settings_may_be_made(path: str) -> None:
    check.with_(path=path).clean("from app.settings import Settings\n\ncurrent = Settings()\n")


def test_a_cached_function_shares_one() -> None:
    for imported, cached in (
        ("from functools import lru_cache", "@lru_cache"),
        ("import functools as f", "@f.lru_cache(maxsize=1)"),
        ("from functools import cache as once", "@once"),
    ):
        check.clean(
            f"{imported}\n\nfrom app.settings import Settings\n\n\n"
            f"{cached}\ndef get_settings():\n    return Settings()\n"
        )
    check.flags(
        """
        from app.settings import MailSettings
        from app.core.caches import cache

        @cache
        def get_settings():
            return «MailSettings()»
        """,
        after=None,
        reason="does not share",
    )


def test_settings_whose_every_field_is_given() -> None:
    check.clean("from app.settings import MailSettings\n\nmail = MailSettings(HOST='localhost')\n")
    two = {"app/settings.py": f"{SETTINGS}\n\nclass More(MailSettings):\n    PORT: int\n"}
    check.with_(others=two).clean(
        "from app.settings import More\n\nmail = More(HOST='localhost', PORT=25)\n"
    )
    check.with_(others=two).flags(
        "from app.settings import More\n\nmail = «More(PORT=25)»\n",
        after=None,
        reason="arguments of their own",
    )
