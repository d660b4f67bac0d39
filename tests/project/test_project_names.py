"""Names are found through re-exports and aliases of aliases."""

from tests.project.written_project import found, service
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.source.file import SourceFile


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
