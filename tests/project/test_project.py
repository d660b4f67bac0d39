import pickle
from textwrap import dedent
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summarise import summarise
from turnstay_lint.project.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.project.values import Call, Items, Literal, Name
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.types import Type


def service(files: dict[str, str], settings: Settings | None = None) -> Project:
    """A service of these files by path."""
    sources = (SourceFile.from_text(path, dedent(text)) for path, text in files.items())
    return Project(map(summarise, sources), settings or Settings(resolve_installed=False))


def found(project: Project, dotted: str, near: str = "app.main") -> str:
    symbol = project.find(dotted, near)
    return symbol.name if symbol is not None else ""


class TestNames:
    def test_modules_classes_functions_and_variables(self) -> None:
        project = service(
            {
                "app/__init__.py": "",
                "app/models.py": "class Account:\n    def close(self): ...\n\nlimit = 3\n",
            }
        )
        assert isinstance(project.find("app.models"), Symbol)
        for name, kind in {
            "app": ModuleSummary,
            "app.models": ModuleSummary,
            "app.models.Account": ClassSummary,
            "app.models.Account.close": FunctionSummary,
            "app.models.limit": VariableSummary,
        }.items():
            symbol = project.find(name)
            assert symbol is not None and isinstance(symbol.definition, kind)
            assert symbol.name == name
        for missing in ("app.views", "app.models.Payment", "app.models.Account.open", "models.x.y"):
            assert project.find(missing) is None
            assert project.canonical(missing) == missing

    def test_re_exports_and_aliases_of_aliases(self) -> None:
        project = service(
            {
                "app/models/__init__.py": "from .account import Account\nfrom . import payment as money\n",
                "app/models/account.py": "class Account: ...\n",
                "app/models/payment.py": "class Payment: ...\n",
                "app/names.py": "from app.models import Account as A\nB = A\nC = B\nmodels = A\n",
                "app/more.py": "import app.names as n\nfrom app.names import C as D\nE = n.C\nF = E\n",
            }
        )
        for alias in ("names.A", "names.B", "names.C", "more.D", "more.E", "more.F", "more.n.B"):
            assert found(project, f"app.{alias}") == "app.models.account.Account"
        assert found(project, "app.models.money.Payment") == "app.models.payment.Payment"

    def test_members_through_an_alias_of_the_class(self) -> None:
        project = service(
            {
                "app/base.py": "class Access:\n    def get_account(self): ...\n    class Inner:\n        def deep(self): ...\n",
                "app/deps.py": "from app.base import Access\nCompanyAccess = Access\nclass Own(Access): ...\n",
            }
        )
        for name in ("CompanyAccess", "Own", "Access"):
            assert found(project, f"app.deps.{name}.get_account") == "app.base.Access.get_account"
            assert found(project, f"app.deps.{name}.Inner") == "app.base.Access.Inner"
            assert found(project, f"app.deps.{name}.Inner.deep") == "app.base.Access.Inner.deep"
            assert found(project, f"app.deps.{name}.Inner.deeper") == ""

    def test_relative_imports_climb(self) -> None:
        project = service(
            {
                "app/__init__.py": "",
                "app/constants.py": "LIMIT = 1",
                "app/api/__init__.py": "from .. import constants\nfrom ..constants import LIMIT as TOP\n",
                "app/api/endpoints/accounts.py": "from ...constants import LIMIT\nfrom .. import constants\nfrom . import guests\n",
                "app/api/endpoints/guests.py": "from .accounts import LIMIT\n",
            }
        )
        assert found(project, "app.api.TOP") == "app.constants.LIMIT"
        assert found(project, "app.api.constants.LIMIT") == "app.constants.LIMIT"
        assert found(project, "app.api.endpoints.guests.LIMIT") == "app.constants.LIMIT"
        assert found(project, "app.api.endpoints.accounts.constants") == "app.constants"
        assert found(project, "app.api.endpoints.accounts.guests.LIMIT") == "app.constants.LIMIT"

    def test_what_only_type_checkers_import(self) -> None:
        project = service(
            {
                "app/models.py": "class Account: ...",
                "app/deps.py": """
                    from typing import TYPE_CHECKING
                    if TYPE_CHECKING:
                        from app.models import Account
                """,
            }
        )
        assert found(project, "app.deps.Account") == "app.models.Account"

    def test_a_package_without_init(self) -> None:
        project = service({"app/models/account.py": "class Account: ..."})
        assert found(project, "app.models.account.Account") == "app.models.account.Account"
        assert found(project, "app.models") == ""

    def test_a_namespace_package_in_two_folders(self) -> None:
        project = service(
            {
                "libs/one/company/billing/api.py": "class Bill: ...",
                "libs/two/company/access/api.py": "from company.billing.api import Bill",
            }
        )
        near = "libs.two.company.access.api"
        assert (
            found(project, "company.billing.api.Bill", near) == "libs.one.company.billing.api.Bill"
        )
        assert found(project, f"{near}.Bill", near) == "libs.one.company.billing.api.Bill"

    def test_a_package_binds_the_name_of_its_submodule(self) -> None:
        project = service(
            {
                "app/__init__.py": "from app.settings import settings",
                "app/settings.py": "class Settings: ...\nsettings = Settings()",
                "app/api/__init__.py": "from .router import router\nfrom . import accounts",
                "app/api/router.py": "router = make()",
                "app/api/accounts.py": "",
            }
        )
        assert found(project, "app.settings") == "app.settings.settings"
        assert found(project, "app.settings.Settings") == "app.settings.Settings"
        assert found(project, "app.api.router") == "app.api.router.router"
        assert found(project, "app.api.accounts") == "app.api.accounts"
        module = project.module("app.settings")
        assert module is not None and module.path == "app/settings.py"

    def test_conditional_definitions(self) -> None:
        project = service(
            {
                "app/fast.py": "class Cache: ...",
                "app/names.py": """
                    try:
                        from app.fast import Cache
                    except ImportError:
                        Cache = None
                    try:
                        import orjson as json
                    except ImportError:
                        import json
                    try:
                        from app.fast import Cache as Either
                    except ImportError:
                        class Either: ...
                    if DEBUG:
                        class Store:
                            def first(self): ...
                    else:
                        class Store:
                            def second(self): ...
                    from app.fast import Cache as Replaced
                    class Replaced(Replaced): ...
                """,
            }
        )
        assert found(project, "app.names.Cache") == "app.fast.Cache"
        assert found(project, "app.names.Either") == "app.fast.Cache"
        assert found(project, "app.names.Replaced") == "app.names.Replaced"
        assert project.canonical("app.names.json.loads") == "json.loads"
        store = project.find("app.names.Store")
        assert store is not None and isinstance(store.definition, ClassSummary)
        assert store.definition.methods == ("first",)

    def test_a_class_inside_a_class_and_one_inside_a_function(self) -> None:
        project = service(
            {
                "app/models.py": """
                    class Account:
                        class Status:
                            class Deep: ...

                    def make():
                        class Local: ...
                """
            }
        )
        assert found(project, "app.models.Account.Status.Deep")
        assert project.class_named("Deep") == project.find("app.models.Account.Status.Deep")
        assert project.class_named("Local") is not None
        assert project.class_named("Status.Deep") is None

    def test_class_named_only_where_there_is_one(self) -> None:
        project = service({"app/a.py": "class A: ...\nclass B: ...", "app/b.py": "class B: ..."})
        assert project.class_named("A") == project.find("app.a.A")
        assert project.class_named("B") is None
        assert project.class_named("C") is None

    def test_a_name_that_is_defined_by_itself_is_found_nowhere(self) -> None:
        project = service(
            {
                "app/a.py": "from app.b import X, Y as Z",
                "app/b.py": "from app.a import X, Z as Y",
                "app/c.py": "from app.c import X",
                "app/d.py": "x = d = x\ny = y.y",
            }
        )
        for name in ("app.a.X", "app.b.X", "app.a.Z", "app.b.Y", "app.c.X", "app.b.Y.z"):
            assert found(project, name) == ""
            assert project.canonical(name) == name
        assert found(project, "app.d.x") == "app.d.x"

    def test_a_second_file_of_one_module_name_is_left_out(self) -> None:
        one, two = (
            summarise(SourceFile.from_text(path, "x = 1", "app.a")) for path in ("a.py", "a/a.py")
        )
        assert Project([one, two]).modules["app.a"].path == "a.py"


class TestStars:
    files: ClassVar = {
        "app/models/__init__.py": "from .account import *\nfrom .payment import *\n",
        "app/models/account.py": "class Account: ...\nclass _Hidden: ...\nclass Both: ...\n",
        "app/models/payment.py": "__all__ = ['Payment', '_Shown']\n__all__ += ['Both']\n__all__.append('Added')\n"
        "class Payment: ...\nclass Unlisted: ...\nclass _Shown: ...\nclass Both: ...\nclass Added: ...\n",
    }

    @pytest.mark.parametrize(
        ("name", "where"),
        [
            ("Account", "account"),
            ("_Hidden", ""),
            ("Payment", "payment"),
            ("_Shown", "payment"),
            ("Added", "payment"),
            ("Unlisted", ""),
            ("Both", "payment"),
        ],
    )
    def test_of_several_stars_the_last_that_exports_the_name(self, name: str, where: str) -> None:
        expected = f"app.models.{where}.{name}" if where else ""
        assert found(service(self.files), f"app.models.{name}") == expected

    def test_a_file_with_several_stars_uses_their_names(self) -> None:
        files = {
            "app/use.py": "from app.models import *\nfrom app.other import *\nclass Own(Account): ..."
        }
        project = service({**self.files, **files, "app/other.py": ""})
        assert list(project.ancestors("app.use.Own")) == [
            "app.use.Own",
            "app.models.account.Account",
        ]

    def test_stars_in_a_ring(self) -> None:
        names = [f"m{n}" for n in range(30)]
        files = {
            f"app/{name}.py": "".join(
                f"from app.{other} import *\n" for other in names if other != name
            )
            for name in names
        }
        files["app/m17.py"] += "class Account: ...\n"
        project = service(files)
        assert found(project, "app.m3.Account") == "app.m17.Account"
        assert found(project, "app.m3.Nothing") == ""

    def test_stars_of_outsiders(self) -> None:
        project = service(
            {
                "app/orm.py": "from sqlalchemy import *\nfrom sqlalchemy.orm import *\n",
                "app/one.py": "from advanced.base import *\n",
                "app/two.py": "from lib.a import *\nfrom lib.b import *\n",
            }
        )
        assert project.canonical("app.orm.relationship") == "sqlalchemy.orm.relationship"
        assert project.canonical("app.orm.Column") == "sqlalchemy.Column"
        assert project.canonical("app.one.UUIDBase") == "advanced.base.UUIDBase"
        assert project.canonical("app.two.Thing") == "app.two.Thing"


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


class TestLineage:
    def test_pythons_order_of_a_diamond(self) -> None:
        project = service(
            {
                "app/a.py": """
                    class A:
                        def who(self): ...
                        def only(self): ...
                    class B(A): ...
                    class C(A):
                        def who(self): ...
                    class D(B, C): ...
                """
            }
        )
        names = [name.removeprefix("app.a.") for name in project.ancestors("app.a.D")]
        assert names == ["D", "B", "C", "A"]
        assert found(project, "app.a.D.who") == "app.a.C.who"
        assert found(project, "app.a.D.only") == "app.a.A.only"

    @pytest.mark.parametrize(
        "classes",
        [
            "class A(A): ...",
            "class A(B): ...\nclass B(A): ...",
            "class A(B, C): ...\nclass B(C): ...\nclass C(A, B): ...",
            "class X: ...\nclass Y: ...\nclass P(X, Y): ...\nclass Q(Y, X): ...\nclass A(P, Q): ...",
            "class A(A.B): ...",
            "class A(x.y.z, f(), [1], 3): ...",
        ],
    )
    def test_what_python_refuses_still_ends(self, classes: str) -> None:
        project = service({"app/a.py": classes})
        names = list(project.ancestors("app.a.A"))
        assert names[0] == "app.a.A" and len(names) == len(set(names))
        assert project.find("app.a.A.missing") is None

    def test_bases_of_other_modules_and_outsiders(self) -> None:
        project = service(
            {
                "app/base.py": "import sqlalchemy.orm as o\nclass Base(o.DeclarativeBase): ...\nModel = Base",
                "app/mixins.py": "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Owned(Generic[T]): ...\nOwnedInt = Owned[int]",
                "app/models.py": "from app import base, mixins\nclass Account(mixins.OwnedInt, base.Model): ...",
            }
        )
        names = list(project.ancestors("app.models.Account"))
        assert names == [
            "app.models.Account",
            "app.mixins.OwnedInt",
            "app.mixins.Owned",
            "typing.Generic",
            "app.base.Base",
            "sqlalchemy.orm.DeclarativeBase",
        ]
        assert project.derives("app.models.Account", "app.models", "sqlalchemy.orm.DeclarativeBase")
        assert not project.derives("app.models.Account", "app.models", "pydantic.BaseModel")
        assert [s.qualname for s in project.lineage("app.models.Account")] == [
            "Account",
            "Owned",
            "Base",
        ]

    def test_an_outsider_is_its_own_ancestor(self) -> None:
        assert list(service({}).ancestors("pydantic.BaseModel")) == ["pydantic.BaseModel"]

    def test_a_deep_line(self) -> None:
        classes = "class C0: ...\n" + "".join(f"class C{n + 1}(C{n}): ...\n" for n in range(300))
        project = service({"app/a.py": classes})
        assert len(list(project.ancestors("app.a.C300"))) == 301

    def test_a_ladder_of_diamonds_takes_no_time(self) -> None:
        text = "class L0: ...\nclass R0: ...\n"
        for n in range(1, 40):
            text += f"class L{n}(L{n - 1}, R{n - 1}): ...\nclass R{n}(L{n - 1}, R{n - 1}): ...\n"
        project = service({"app/a.py": text})
        assert len(list(project.ancestors("app.a.L39"))) == 79
        assert project.find("app.a.L39.missing") is None


class TestAnnotatedAliases:
    files: ClassVar = {
        "app/access.py": "class CompanyAccess: ...\ndef get_company_access(): ...",
        "app/deps.py": """
            from typing import Annotated, Optional, TypeAlias, Union
            from fastapi import Depends, Query
            from app.access import CompanyAccess as Access, get_company_access

            CompanyAccessDep = Annotated[Access, Depends(get_company_access)]
            Again = CompanyAccessDep
            Wrapped = Annotated[CompanyAccessDep, Query(ge=1)]
            Maybe = Optional[Access]
            Either = Access | None
            Many = list[Access]
            Explicit: TypeAlias = "Access"
            Limit = Annotated[int, Query(le=100)]
            instance = Access()
        """,
        "app/api.py": """
            from typing import Annotated
            from fastapi import Path
            from app import deps
            from app.deps import Again as Other, CompanyAccessDep, Either, Explicit, Limit, Many, Maybe, Wrapped

            def route(
                plain: CompanyAccessDep, other: Other, dotted: deps.CompanyAccessDep, wrapped: Wrapped,
                own: Annotated[Limit, Path()], maybe: Maybe, either: Either, many: Many,
                explicit: Explicit, nested: list[Limit], optional: CompanyAccessDep | None = None,
                instance: deps.instance = None, bare=None,
            ): ...
        """,
    }
    ACCESS = "app.access.CompanyAccess"
    DEPENDS = Call("fastapi.Depends", (Name("app.access.get_company_access"),))

    @pytest.mark.parametrize(
        ("name", "type_", "metadata"),
        [
            ("plain", Type(ACCESS), (DEPENDS,)),
            ("other", Type(ACCESS), (DEPENDS,)),
            ("dotted", Type(ACCESS), (DEPENDS,)),
            ("wrapped", Type(ACCESS), (DEPENDS, Call("fastapi.Query", (), (("ge", Literal(1)),)))),
            (
                "own",
                Type("builtins.int"),
                (Call("fastapi.Query", (), (("le", Literal(100)),)), Call("fastapi.Path")),
            ),
            ("maybe", Type("|", (Type(ACCESS), Type("None"))), ()),
            ("either", Type("|", (Type(ACCESS), Type("None"))), ()),
            ("many", Type("builtins.list", (Type(ACCESS),)), ()),
            ("explicit", Type(ACCESS), ()),
            ("nested", Type("builtins.list", (Type("builtins.int"),)), ()),
            ("optional", Type("|", (Type(ACCESS), Type("None"))), ()),
            ("instance", Type("app.deps.instance"), ()),
            ("bare", Type("?"), ()),
        ],
    )
    def test_what_a_parameter_really_is(
        self, name: str, type_: Type, metadata: tuple[Call, ...]
    ) -> None:
        project = service(self.files)
        route = project.find("app.api.route")
        assert route is not None and isinstance(route.definition, FunctionSummary)
        given = route.definition.parameter(name)
        assert given is not None
        real = project.parameter(given, "app.api")
        assert (real.name, real.type, real.metadata) == (name, type_, metadata)
        assert (real.default, real.kind) == (given.default, given.kind)

    def test_aliases_in_a_ring_end(self) -> None:
        project = service({"app/a.py": "A = list[B]\nB = list[A]\nC = C | None\nD = D"})
        for name in "ABCD":
            type_, _ = project.unaliased(Type(f"app.a.{name}"), "app.a")
            assert isinstance(type_, Type)


class TestProject:
    def test_a_pickle_has_what_it_was_made_of(self) -> None:
        project = service(TestStars.files, Settings(tenant_column="tenant_id"))
        project.find("app.models.Account")
        again = pickle.loads(pickle.dumps(project))
        assert again.modules == project.modules and again.settings == project.settings
        assert found(again, "app.models.Account") == "app.models.account.Account"

    def test_with_source_stands_for_what_was_before(self) -> None:
        project = service({"app/a.py": "class Old: ...", "app/b.py": "from app.a import *"})
        assert found(project, "app.b.Old")
        newer = SourceFile.from_text("app/a.py", "class New: ...")
        changed = project.with_source(newer)
        assert found(changed, "app.b.New") == "app.a.New" and not found(changed, "app.b.Old")
        assert found(project, "app.b.Old")

    def test_a_fact_is_computed_once_for_its_arguments(self) -> None:
        asked: list[str] = []

        @project_fact
        def length(project: Project, name: str) -> int:
            asked.append(name)
            return len(name)

        project = service({})
        assert [length(project, name) for name in ("a", "bb", "a")] == [1, 2, 1]
        assert asked == ["a", "bb"]
        assert length(service({}), "a") == 1 and len(asked) == 3


MODULES = ["a", "b", "c", "p", "p.q"]
NAMES = ["X", "Y", "a", "q"]
STATEMENTS = st.one_of(
    st.builds("from {} import *".format, st.sampled_from(MODULES)),
    st.builds("import {}".format, st.sampled_from(MODULES)),
    st.builds("import {} as {}".format, st.sampled_from(MODULES), st.sampled_from(NAMES)),
    st.builds(
        "from {} import {} as {}".format,
        st.sampled_from(MODULES),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
    ),
    st.builds("from . import {}".format, st.sampled_from(NAMES)),
    st.builds(
        "{} = {}".format,
        st.sampled_from(NAMES),
        st.sampled_from([*NAMES, "X.Y", "a.X", "X.X", "list[X]", "X | Y"]),
    ),
    st.builds(
        "class {}({}): ...".format,
        st.sampled_from(NAMES),
        st.sampled_from([*NAMES, "X.Y", "a.X", "X, Y", "X[Y]", "Y, X.Y"]),
    ),
    st.builds(
        "class {}:\n    class {}(X): ...".format, st.sampled_from(NAMES), st.sampled_from(NAMES)
    ),
    st.builds("__all__ = ['{}']".format, st.sampled_from(NAMES)),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(STATEMENTS, max_size=6), min_size=len(MODULES), max_size=len(MODULES)))
def test_every_search_ends(bodies: list[list[str]]) -> None:
    paths = {"p": "p/__init__.py", "p.q": "p/q.py"}
    files: ClassVar = {
        paths.get(name, f"{name}.py"): "\n".join(body)
        for name, body in zip(MODULES, bodies, strict=True)
    }
    project = service(files)
    for module in MODULES:
        for name in NAMES:
            for dotted in (f"{module}.{name}", f"{module}.{name}.X", f"{module}.{name}.Y.X"):
                symbol = project.find(dotted, module)
                assert symbol is None or symbol.module.name in MODULES
                project.canonical(dotted, module)
                names = list(project.ancestors(dotted, module))
                assert len(names) == len(set(names))
                project.unaliased(Type(dotted), module)


@pytest.mark.parametrize("letters", ["A", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
def test_aliases_of_unions_of_one_another_end(letters: str) -> None:
    following = zip(letters, [*letters[1:], letters[0]], strict=True)
    lines = [f"{one} = {other} | list[{other}]" for one, other in following]
    project = service({"a.py": "\n".join(lines)})
    type_, beside = project.unaliased(Type("a.A"), "a")
    assert (type_.name, beside) == ("|", ())
