"""Names from outside the project, and services that lie side by side."""

from typing import ClassVar

import pytest

from tests.project.written_project import found, service
from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name
from turnstay_lint.source.types import Type


class TestOutsiders:
    def test_names_that_the_project_gives_them(self) -> None:
        project = service(
            {
                "app/orm.py": """
                    import sqlalchemy as sa
                    from sqlalchemy import orm
                    from sqlalchemy.orm import relationship as rel
                    link = orm.relationship
                    again = link
                """,
                "app/models.py": "from app.orm import rel as r, sa as alchemy, link as l, again\nimport app.orm as o",
            }
        )
        for name in (
            "orm.rel",
            "orm.link",
            "orm.again",
            "models.r",
            "models.l",
            "models.again",
            "models.o.rel",
        ):
            assert project.canonical(f"app.{name}") == "sqlalchemy.orm.relationship"
        assert project.canonical("app.models.alchemy.Column") == "sqlalchemy.Column"
        assert project.find("app.models.r") is None
        variable = project.find("app.models.again")
        assert variable is not None and variable.name == "app.orm.again"
        assert aliases(project) >= {"rel", "link"}
        assert "alchemy" not in aliases(project) and "sa" not in aliases(project)

    def test_an_alias_that_nobody_imports_is_none(self) -> None:
        project = service({"app/orm.py": "from sqlalchemy.orm import relationship as rel"})
        assert aliases(project) == frozenset()

    @pytest.mark.parametrize(
        "use",
        [
            "from app.orm import *",
            "from app import orm",
            "import app.orm",
            "from .orm import rel as r",
        ],
    )
    def test_an_alias_however_it_is_come_by(self, use: str) -> None:
        project = service(
            {"app/orm.py": "from sqlalchemy.orm import relationship as rel", "app/models.py": use}
        )
        assert aliases(project) == ({"rel"} if use != "import app.orm" else set())

    def test_types_and_values(self) -> None:
        project = service({"app/orm.py": "from sqlalchemy import select as pick"})
        type_ = Type("builtins.list", (Type("app.orm.pick"), Type("?"), Type("None")))
        assert project.canonical_type(type_, "app.orm").arguments[0].name == "sqlalchemy.select"
        value = Call(
            "app.orm.pick", (Items((Name("app.orm.pick"), Literal(1))),), (("k", Name("x.y")),)
        )
        assert project.canonical_value(value, "app.orm") == Call(
            "sqlalchemy.select",
            (Items((Name("sqlalchemy.select"), Literal(1))),),
            (("k", Name("x.y")),),
        )


class TestServicesSideBySide:
    files: ClassVar = {
        "billing/app/models.py": "class Base: ...\nclass Account(Base): ...",
        "billing/app/api/accounts.py": "from app.models import Account",
        "booking/app/models/__init__.py": "from app.models.booking import Booking",
        "booking/app/models/booking.py": "class Booking: ...\nclass Account: ...",
        "booking/app/api/bookings.py": "from app.models import Booking\nfrom app.models.booking import Account",
    }

    def test_the_nearest_app_is_meant(self) -> None:
        project = service(self.files)
        near_billing, near_booking = "billing.app.api.accounts", "booking.app.api.bookings"
        assert found(project, "app.models.Account", near_billing) == "billing.app.models.Account"
        assert found(project, "app.models.Booking", near_booking).endswith("booking.Booking")
        assert found(project, "app.models.booking.Account", near_billing) == ""
        assert list(project.ancestors("app.models.Account", near_billing)) == [
            "billing.app.models.Account",
            "billing.app.models.Base",
        ]

    def test_none_where_both_are_as_near(self) -> None:
        project = service(self.files)
        assert project.module("app.models", "tests.test_app") is None
        assert project.find("app.models.Account", "tests.test_app") is None

    def test_the_one_at_the_root_where_none_is_near(self) -> None:
        project = service({**self.files, "app/models.py": "class Account: ..."})
        assert found(project, "app.models.Account", "tests.test_app") == "app.models.Account"
        assert found(project, "app.models.Account", "app.main") == "app.models.Account"
        assert found(project, "app.models.Account", "billing.app.x") == "billing.app.models.Account"

    def test_a_full_name_is_itself(self) -> None:
        project = service(self.files)
        assert found(project, "billing.app.models.Account") == "billing.app.models.Account"

    @pytest.mark.parametrize("near", ["app.clients.stripe", "app.main", "app.clients.other"])
    def test_a_file_called_like_a_package_is_not_that_package(self, near: str) -> None:
        settings = Settings(known_third_party=("stripe",), resolve_installed=False)
        client = "import stripe\nimport redis\nimport json\nclass Charge(stripe.Charge): ...\n"
        project = service(
            {
                "app/clients/stripe.py": client,
                "app/clients/redis.py": "import redis\nclass Redis(redis.Redis): ...",
                "app/clients/json.py": "def loads(): ...",
                "app/clients/other.py": client,
                "app/main.py": client,
            },
            settings,
        )
        assert project.find("stripe.Charge", near) is None
        assert project.find("json.loads", near) is None
        ancestors = list(project.ancestors("app.clients.redis.Redis", near))
        assert ancestors == ["app.clients.redis.Redis", "redis.Redis"]

    def test_a_module_inside_a_package_is_no_root(self) -> None:
        project = service(
            {
                "app/__init__.py": "",
                "app/redis/__init__.py": "class Redis: ...",
                "app/redis/pool.py": "",
            }
        )
        assert project.find("redis.Redis", "app.redis.pool") is None

    def test_scripts_that_lie_together(self) -> None:
        project = service({"tools/shared.py": "def ask(): ...", "tools/run.py": "import shared"})
        assert found(project, "shared.ask", "tools.run") == "tools.shared.ask"
        assert found(project, "shared.ask", "other.run") == ""
