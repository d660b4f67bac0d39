"""A project as a whole: its stars, its pickle, its facts, and searches that end."""

import pickle
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.project.written_project import found, service
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.types import Type


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
