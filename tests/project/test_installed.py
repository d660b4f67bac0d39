import importlib
import importlib.machinery
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from astroid.builder import AstroidBuilder
from astroid.manager import AstroidManager

from turnstay_lint.project import installed
from turnstay_lint.project.installed import Installed
from turnstay_lint.project.models.models import orm_class, orm_models
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.source.file import SourceFile

Site = Callable[[dict[str, str]], Path]
BASE = """
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

    open(WRITTEN, "w").close()


    class CompanyMixin:
        @declared_attr
        def company_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("companies.id"))


    class CompanyBase(CompanyMixin, DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class CompanySession(AsyncSession): ...


    def get_session(): ...
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Install packages: their files by path, in a folder on ``sys.path``."""

    def install(files: dict[str, str]) -> Path:
        folder = tmp_path / "site"
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), "utf-8")
        monkeypatch.syspath_prepend(str(folder))
        return folder

    return install


@pytest.fixture
def company(site: Site, tmp_path: Path) -> Path:
    """A package of models that would write a file if it were imported."""
    written = tmp_path / "written"
    site(
        {
            "companylib/__init__.py": f"""
                open({str(written)!r}, "w").close()
                from .db import *
                from companylib.db.base import CompanyBase as Renamed
                try:
                    from companylib._fast import Cache
                except ImportError:
                    from companylib.slow import Cache
                Alias = Renamed
            """,
            "companylib/db/__init__.py": "from .base import CompanyBase, CompanyMixin\nfrom . import base as tables\n",
            "companylib/db/base.py": dedent(BASE).replace("WRITTEN", repr(str(written))),
            "companylib/slow.py": "class Cache:\n    class Entry: ...\n    def get(self): ...\n",
        }
    )
    return written


def service(files: dict[str, str], settings: Settings | None = None) -> Project:
    sources = (SourceFile.from_text(path, dedent(text)) for path, text in files.items())
    return Project(map(summarise, sources), settings)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("companylib.db.base.CompanyBase", "companylib.db.base.CompanyBase"),
        ("companylib.CompanyBase", "companylib.db.base.CompanyBase"),
        ("companylib.Renamed", "companylib.db.base.CompanyBase"),
        ("companylib.Alias", "companylib.db.base.CompanyBase"),
        ("companylib.tables.CompanySession", "companylib.db.base.CompanySession"),
        ("companylib.db.tables.get_session", "companylib.db.base.get_session"),
        ("companylib.Cache", "companylib.slow.Cache"),
        ("companylib.Cache.Entry", "companylib.slow.Cache.Entry"),
        ("companylib.slow.Cache.get", "companylib.slow.Cache.get"),
        ("companylib.CompanyBase.metadata", ""),
        ("companylib.Nothing", ""),
        ("companylib.nothing.Nothing", ""),
        ("companylib.db", ""),
        ("companylib", ""),
        ("not_installed_anywhere.Thing", ""),
        ("sqlalchemy.orm.DeclarativeBase", ""),
        ("pathlib.Path", ""),
        ("?", ""),
    ],
)
def test_what_a_name_of_a_package_is(company: Path, name: str, where: str) -> None:
    symbol = service({}).outside(name)
    assert (symbol.name if symbol is not None else "") == where
    assert not company.exists(), "the package was imported"
    assert "companylib" not in sys.modules


def test_kinds_of_definitions(site: Site) -> None:
    site(
        {
            "things.py": """
                import sqlalchemy.orm
                Base = sqlalchemy.orm.declarative_base()
                class Model(Base): ...
                Either = Model if Base else None
                Listed = Model[int]
                limit: int = 3
                def f(): ...
                ring = other
                other = ring
            """
        }
    )
    project = service({})
    kinds = {
        name: type(symbol.definition)
        for name in ("Base", "Model", "Either", "Listed", "limit", "f")
        if (symbol := project.outside(f"things.{name}")) is not None
    }
    assert kinds == {
        "Base": VariableSummary,
        "Model": ClassSummary,
        "Either": ClassSummary,
        "Listed": ClassSummary,
        "limit": VariableSummary,
        "f": FunctionSummary,
    }
    assert not isinstance(getattr(project.outside("things.ring"), "definition", None), ClassSummary)


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy import (",
        "# -*- coding: nonsense -*-\nimport sqlalchemy",
        "from broken import Thing  # sqlalchemy",
        "from broken.deeper import Thing  # sqlalchemy",
        "from . import Thing  # sqlalchemy",
        "from .... import Thing  # sqlalchemy",
        "from broken import *  # sqlalchemy",
        "from x import *  # sqlalchemy",
        "import sqlalchemy\ndef __getattr__(name): raise SystemExit",
        "import sqlalchemy\nThing = [1, 2][0]",
        "import sqlalchemy\nThing: int",
        "import sqlalchemy\nfor Thing in []: ...",
        "import sqlalchemy\nclass Other:\n    Thing = 1",
    ],
)
def test_what_cannot_be_inferred_stays_unresolved(
    site: Site, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    site({"broken/__init__.py": text})
    project = service({"app/a.py": "import broken\nclass Own(broken.Thing): ..."})
    names = list(project.ancestors("app.a.Own"))
    assert names == ["app.a.Own", "broken.Thing"]
    assert tuple(capfd.readouterr()) == ("", "")


def test_what_is_compiled_stays_unresolved_even_where_pylint_may_load_it(site: Site) -> None:
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    folder = site(
        {
            "native/__init__.py": "import sqlalchemy\nfrom ._speed import Thing",
            f"native/_speed{suffix}": "no library, and loading it would fail",
        }
    )
    assert (folder / f"native/_speed{suffix}").exists()
    manager = AstroidManager()
    attribute = next(n for n in vars(manager) if n.startswith("extension_package_"))
    allowed: set[str] = getattr(manager, attribute)
    before = set(allowed)
    allowed.add("native")
    try:
        assert service({}).outside("native.Thing") is None
        assert service({}).outside("native._speed.Thing") is None
        assert allowed == {*before, "native"}
    finally:
        allowed.discard("native")
    assert "native" not in sys.modules and "native._speed" not in sys.modules


def test_astroids_own_trees_stay_as_they_were(company: Path) -> None:
    AstroidBuilder(
        AstroidManager()
    )  # the first one made lays down the builtins, for whoever makes it
    before = dict(AstroidManager().astroid_cache)
    assert service({}).outside("companylib.CompanyBase") is not None
    assert dict(AstroidManager().astroid_cache) == before


def test_without_astroid(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "turnstay_lint.project.package_trees", None)
    project = service({"app/a.py": "import companylib\nclass Own(companylib.CompanyBase): ..."})
    assert project.outside("companylib.CompanyBase") is None
    assert list(project.ancestors("app.a.Own")) == ["app.a.Own", "companylib.CompanyBase"]


def test_switched_off(company: Path) -> None:
    project = service({}, Settings(resolve_installed=False))
    assert project.outside("companylib.CompanyBase") is None


def test_nobody_asks_for_what_is_known_or_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(self: Installed, dotted: str) -> Symbol | None:
        raise AssertionError(dotted)

    monkeypatch.setattr(Installed, "find", find)
    project = service(
        {
            "app/a.py": """
                import abc, enum, typing, typing_extensions
                import sqlalchemy.orm, sqlmodel, fastapi, starlette.types, pydantic, pydantic_settings, alembic
                from app.missing import Missing
                class Own(
                    abc.ABC, enum.Enum, typing.Generic[int], typing_extensions.Protocol,
                    sqlalchemy.orm.DeclarativeBase, sqlmodel.SQLModel, fastapi.FastAPI,
                    starlette.types.ASGIApp, pydantic.BaseModel, pydantic_settings.BaseSettings,
                    alembic.op, Missing, Exception, unbound, f(),
                ): ...
            """
        }
    )
    assert len(list(project.ancestors("app.a.Own"))) == 14
    assert len(orm_models(project).classes) == 0


def test_an_answer_is_kept_for_a_version(company: Path, tmp_path: Path) -> None:
    store: dict[tuple[str, str], Symbol | None] = {}
    first = Installed(store).find("companylib.CompanyBase")
    assert first is not None and list(store.values()) == [first]
    assert pickle.loads(pickle.dumps(store)) == store
    assert Installed(store).find("companylib.CompanyBase") is first
    changed = tmp_path / "site" / "companylib" / "slow.py"
    later = changed.stat().st_mtime_ns + 10**9
    os.utime(changed, ns=(later, later))
    assert Installed(store).find("companylib.CompanyBase") == first
    assert len(store) == 2


def test_what_a_distribution_says_of_itself(site: Site) -> None:
    def metadata(name: str, version: str, *required: str) -> str:
        lines = "".join(f"Requires-Dist: {line}\n" for line in required)
        return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"

    site(
        {
            "direct.py": "class Thing: ...",
            "direct-1.2.dist-info/METADATA": metadata("direct", "1.2", "SQLAlchemy[asyncio]>=2"),
            "through.py": "class Thing: ...",
            "through-1.dist-info/METADATA": metadata("through", "1", "direct", "through"),
            "extra.py": "class Thing: ...",
            "extra-1.dist-info/METADATA": metadata("extra", "1", "fastapi ; extra == 'web'"),
            "apart.py": "import sqlalchemy\nclass Thing: ...",
            "apart-1.dist-info/METADATA": metadata("apart", "1", "click", "typing_extensions"),
            "called/__init__.py": "class Thing: ...",
            "otherwise_named-3.dist-info/METADATA": metadata("otherwise-named", "3", "pydantic"),
            "otherwise_named-3.dist-info/top_level.txt": "called\n",
        }
    )
    store: dict[tuple[str, str], Symbol | None] = {}
    held = Installed(store)
    for name in ("direct", "through", "extra", "apart", "called"):
        held.find(f"{name}.Thing")
    assert sorted(store) == [
        ("called.Thing", "3"),
        ("direct.Thing", "1.2"),
        ("extra.Thing", "1"),
        ("through.Thing", "1"),
    ]
    assert all(store.values())


def test_what_lies_in_the_working_folder_is_installed_only_if_it_says_so(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert service({}).outside("companylib.CompanyBase") is None
    metadata = tmp_path / "site" / "companylib-2.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Name: companylib\nVersion: 2\nRequires-Dist: sqlalchemy\n", "utf-8")
    importlib.invalidate_caches()
    assert service({}).outside("companylib.CompanyBase") is not None


def test_astroid_is_imported_only_when_a_name_matters(company: Path) -> None:
    code = """
        import sys
        from turnstay_lint.project.project import Project
        from turnstay_lint.project.summaries.summarise import summarise
        from turnstay_lint.source.file import SourceFile
        import turnstay_lint.project.models.models, turnstay_lint.project.installed
        text = "import abc, nothing_of_that_name as n\\nclass A(abc.ABC, n.B): ..."
        project = Project([summarise(SourceFile.from_text("app/a.py", text))])
        list(project.ancestors("app.a.A"))
        assert not {"astroid", "libcst"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True)


class TestAService:
    files = {  # noqa: RUF012
        "app/models.py": """
            from sqlalchemy.orm import Mapped
            from companylib import CompanyBase


            class Company(CompanyBase):
                __tablename__ = "companies"


            class Account(CompanyBase):
                __tablename__ = "accounts"
                name: Mapped[str]
        """,
        "app/other.py": "import companylib.db\nclass Plain(companylib.db.CompanyMixin): ...\n"
        "class Session(companylib.db.tables.CompanySession): ...\n",
    }

    def test_its_models_have_the_columns_of_the_packages_base(self, company: Path) -> None:
        project = service(self.files)
        account = orm_class(project, "app.models.Account", "app.models")
        assert account is not None
        assert list(account.columns) == ["name", "id", "company_id"]
        assert account.complete and account.primary_key == ("id",)
        assert account.columns["company_id"].foreign_keys[0].table == "companies"
        assert orm_class(project, "app.other.Plain", "app.other") is None
        assert not company.exists()

    def test_without_it_they_are_models_of_whom_less_is_known(self) -> None:
        account = orm_class(service(self.files), "app.models.Account", "app.models")
        assert account is not None
        assert list(account.columns) == ["name"] and not account.complete

    def test_its_lineage(self, company: Path) -> None:
        project = service(self.files)
        assert list(project.ancestors("app.models.Account")) == [
            "app.models.Account",
            "companylib.CompanyBase",
            "companylib.db.base.CompanyBase",
            "companylib.db.base.CompanyMixin",
            "sqlalchemy.orm.DeclarativeBase",
        ]
        assert [s.name for s in project.lineage("app.models.Account")] == [
            "app.models.Account",
            "companylib.db.base.CompanyBase",
            "companylib.db.base.CompanyMixin",
        ]
        assert project.derives(
            "app.other.Session", "app.other", "sqlalchemy.ext.asyncio.AsyncSession"
        )
        again = pickle.loads(pickle.dumps(project))
        assert list(again.ancestors("app.models.Account")) == list(
            project.ancestors("app.models.Account")
        )

    def test_a_copy_shares_what_was_found(
        self, company: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = service(self.files)
        assert project.outside("companylib.CompanyBase") is not None
        monkeypatch.setattr(installed, "_place", lambda package: None)
        copy = project.with_source(SourceFile.from_text("app/new.py", ""))
        assert copy.outside("companylib.CompanyBase") is not None
