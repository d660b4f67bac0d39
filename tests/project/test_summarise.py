import ast
import pickle
import time
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import AttributeSummary, ModuleSummary, Parameter
from turnstay_lint.project.summaries.values import UNKNOWN, Call, Items, Literal, Name
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import UNKNOWN as UNKNOWN_TYPE
from turnstay_lint.source.types import Type

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("turnstay_lint/**/*.py"), *ROOT.glob("fixtures/services/**/*.py")])


def summary(text: str, path: str = "app/module.py") -> ModuleSummary:
    return summarise(SourceFile.from_text(path, dedent(text)))


class TestModule:
    def test_its_name_and_that_of_a_package(self) -> None:
        assert summary("", "app/models.py").name == "app.models"
        package = summary("", "app/models/__init__.py")
        assert (package.name, package.module, package.is_package) == (
            "app.models", "app.models.__init__", True,
        )  # fmt: skip
        assert summary("", "__init__.py").is_package
        assert summary("").path == "app/module.py"

    def test_imports_by_their_local_names(self) -> None:
        found = summary(
            """
            import a.b, a.c as d
            from x import y as z, w
            from . import sibling
            from .sibling import thing
            from .. import beyond
            from stars import *
            def f():
                import local
            """
        )
        assert found.imports == {
            "a": "a", "d": "a.c", "z": "x.y", "w": "x.w", "sibling": "app.sibling",
            "thing": "app.sibling.thing", "beyond": "beyond",
        }  # fmt: skip
        assert found.stars == ("stars",)

    @pytest.mark.parametrize(
        ("text", "target"),
        [
            ("try:\n    from a import x\nexcept ImportError:\n    x = None", "a.x"),
            ("try:\n    from a import x\nexcept ImportError:\n    def x(): ...", "a.x"),
            ("try:\n    from a import x\nexcept ImportError:\n    from b import x", "b.x"),
            ("if T:\n    from a import x\nelse:\n    x = 1", "a.x"),
            ("x = None\nif T:\n    from a import x", "a.x"),
            ("from a import x\nx = x.y", ""),
            ("from a import x\ndef x(): ...", ""),
            ("def x(): ...\nfrom a import x", "a.x"),
        ],
    )
    def test_whether_a_name_is_an_import(self, text: str, target: str) -> None:
        assert summary(text).imports.get("x", "") == target

    @pytest.mark.parametrize(
        ("text", "exports"),
        [
            ("", None),
            ("__all__ = ['a', 'b']", ("a", "b")),
            ("__all__ = ('a',)", ("a",)),
            ("__all__: list[str] = ['a']", ("a",)),
            ("__all__ = []", ()),
            ("__all__ = ['a'] + ['b']\n__all__ += ('c',)", ("a", "b", "c")),
            ("__all__ = ['a', *['b', 'c']]", ("a", "b", "c")),
            ("__all__ = ['a']\n__all__.append('b')\n__all__.extend(['c'])", ("a", "b", "c")),
            ("__all__ = ['a']\nif X:\n    __all__ += ['b']", ("a", "b")),
            ("__all__ = ['a'] + other.__all__", None),
            ("__all__ = ['a']\n__all__ += other.__all__", None),
            ("__all__ = [name for name in dir()]", None),
            ("__all__ += ['a']", None),
            ("__all__.extend(['a'])", None),
            ("__all__ = ['a']\nother.extend(['b'])\n__all__ -= 1", ("a",)),
        ],
    )
    def test_what_all_says(self, text: str, exports: tuple[str, ...] | None) -> None:
        assert summary(text).exports == exports

    def test_calls_for_their_effect(self) -> None:
        found = summary(
            """
            from fastapi import APIRouter
            api = APIRouter()
            api.include_router(api, prefix="/x")
            if True:
                print("y")
            "no call"
            """
        )
        assert found.statements == (
            Call(
                "app.module.api.include_router",
                (Name("app.module.api"),),
                (("prefix", Literal("/x")),),
            ),
            Call("builtins.print", (Literal("y"),)),
        )


class TestVariables:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("x = 1", Literal(1)),
            ("y = x = 'a'", Literal("a")),
            ("x: int = 1", Literal(1)),
            ("x: int", UNKNOWN),
            ("x = 1\nx = 2", Literal(2)),
            ("x = 1\nif D:\n    x = 2", UNKNOWN),
            ("if D:\n    x = 1\nelse:\n    x = 1", Literal(1)),
            ("if D:\n    x = 1\nelse:\n    x = 2", UNKNOWN),
            ("if D:\n    x = 1\nelse:\n    x = f()", UNKNOWN),
            ("if D:\n    x = list()\nelse:\n    x = tuple()", Call("builtins.list")),
            ("try:\n    x = list()\nexcept E:\n    x = None", Call("builtins.list")),
            ("x = None\ntry:\n    x = list()\nexcept E: ...", Call("builtins.list")),
            ("if D:\n    x = 1\nx = 2", Literal(2)),
            ("x = 1\nx += 1", UNKNOWN),
            ("x = None", Literal(None)),
            ("x: int\nx = 1", Literal(1)),
        ],
    )
    def test_their_one_value(self, text: str, value: object) -> None:
        assert summary(text).variables["x"].value == value

    def test_an_annotation_elsewhere_is_kept(self) -> None:
        assert summary("x: int\nif D:\n    x = 1\nelse:\n    x = 2").variables["x"].type == Type(
            "builtins.int"
        )

    @pytest.mark.parametrize(
        ("text", "alias"),
        [
            ("x = list[int]", Type("builtins.list", (Type("builtins.int"),))),
            ("x = int | None", Type("|", (Type("builtins.int"), Type("None")))),
            ("from typing import Annotated\nx = Annotated[int, f()]", Type("builtins.int")),
            (
                "from typing import TypeAlias\nx: TypeAlias = 'list[int]'",
                Type("builtins.list", (Type("builtins.int"),)),
            ),
            ("from typing import TypeAlias\nx: TypeAlias = int", Type("builtins.int")),
            ("x = int", None),
            ("x = f()", None),
            ("x = 1 | 2", None),
            ("x = y['z']", None),
        ],
    )
    def test_a_type_that_has_a_name(self, text: str, alias: Type | None) -> None:
        assert summary(text).variables["x"].alias == alias

    def test_those_of_functions_are_none(self) -> None:
        assert summary("def f():\n    x = 1\nclass C:\n    y = 1\nfor z in x: ...").variables == {}


class TestClasses:
    def test_bases_keywords_decorators_and_methods(self) -> None:
        found = summary(
            """
            from sqlmodel import SQLModel
            import dataclasses as d

            @d.dataclass(frozen=True)
            class Account(SQLModel, list[int], f(), table=True, **more):
                def one(self): ...
                async def two(self): ...
                if X:
                    def three(self): ...
            """
        ).classes["Account"]
        assert [base.name for base in found.bases] == ["sqlmodel.SQLModel", "builtins.list", "?"]
        assert found.keywords[0] == ("table", Literal(True)) and found.keywords[1][0] == "**"
        assert found.decorators == (
            Call("dataclasses.dataclass", (), (("frozen", Literal(True)),)),
        )
        assert found.methods == ("one", "two", "three")
        assert found.span.line == 6

    def test_attributes_in_order(self) -> None:
        found = summary(
            """
            class Account:
                a: int
                b = c = 1
                d: "Unknown | None" = None
                if X:
                    e = 2
            """
        ).classes["Account"]
        assert [attribute.name for attribute in found.attributes] == ["a", "b", "c", "d", "e"]
        assert found.attribute("a") == AttributeSummary(
            "a", Span(3, 4, 3, 10), Type("builtins.int"), None
        )
        declared = found.attribute("d")
        assert declared is not None and declared.unbound == ("Unknown",)
        assert found.attribute("z") is None

    def test_what_a_class_body_says_last(self) -> None:
        found = summary("class A:\n    x = 1\n    x = 2").classes["A"]
        assert getattr(found.attribute("x"), "value", None) == Literal(2)

    def test_declared_attr_is_what_it_returns(self) -> None:
        found = summary(
            """
            from sqlalchemy.orm import declared_attr, mapped_column, Mapped

            class Owned:
                @declared_attr
                def company_id(cls) -> Mapped[int]:
                    if True:
                        return mapped_column(nullable=False)
                @declared_attr.directive
                def __tablename__(cls):
                    return "owned"
                @declared_attr
                def nothing(cls):
                    raise NotImplementedError
                @property
                def plain(self):
                    return 1
            """
        ).classes["Owned"]
        assert [attribute.name for attribute in found.attributes] == ["company_id", "__tablename__"]
        assert found.attributes[0].value == Call(
            "sqlalchemy.orm.mapped_column", (), (("nullable", Literal(False)),)
        )

    def test_a_class_of_two_conditions_is_the_first(self) -> None:
        text = "if X:\n    class A:\n        one = 1\nelse:\n    class A:\n        two = 2\n"
        assert [a.name for a in summary(text).classes["A"].attributes] == ["one"]
        later = text + "class A:\n    three = 3\n"
        assert [a.name for a in summary(later).classes["A"].attributes] == ["three"]

    def test_inner_classes_by_their_qualified_names(self) -> None:
        text = "class A:\n    class B:\n        class C: ...\ndef f():\n    class D: ...\n"
        assert set(summary(text).classes) == {"A", "A.B", "A.B.C", "f.D"}


class TestFunctions:
    def test_a_signature(self) -> None:
        found = summary(
            """
            from typing import Annotated as An
            from fastapi import Depends, Query

            @router.get("/x")
            async def f(a, b: int, /, c: An[str, Query(), 1] = "x", *args: int, d=None, **kw) -> list[int]: ...
            """
        ).functions["f"]
        assert found.is_async and found.returns == Type("builtins.list", (Type("builtins.int"),))
        assert found.parameters == (
            Parameter("a", UNKNOWN_TYPE),
            Parameter("b", Type("builtins.int")),
            Parameter("c", Type("builtins.str"), Literal("x"), (Call("fastapi.Query"), Literal(1))),
            Parameter("args", Type("builtins.int"), None, (), "*"),
            Parameter("d", UNKNOWN_TYPE, Literal(None), (), "keyword"),
            Parameter("kw", UNKNOWN_TYPE, None, (), "**"),
        )
        assert found.parameter("d") is found.parameters[4] and found.parameter("z") is None

    def test_which_names_it_calls(self) -> None:
        found = summary(
            """
            import app.utils as u
            from x import y

            def helper(): ...

            def f(session, z=y()):
                session.execute(u.deep.call())
                y()
                helper()
                local = y
                local()
                made = y()
                made.thing()
                [y.each(item) for item in session.items()]
                (lambda: y.lazily())()
                def inner():
                    y.inner()
                (yield)()
                session[0].nothing()
                made()
            """
        ).functions
        assert found["f"].calls == {
            "<session>.execute", "app.utils.deep.call", "x.y", "app.module.helper",
            "x.y.each", "<session>.items", "x.y.lazily",
        }  # fmt: skip
        assert found["f.inner"].calls == {"x.y.inner"}
        assert found["helper"].calls == frozenset()

    def test_tests_are_summarised_by_their_outline_unless_the_whole_is_asked_for(self) -> None:
        text = """
            from app.utils import find

            @fixture
            def company(): return find(1)

            class Helper:
                def make(self): return company()

            def test_it(company): find(company.id)
            """
        outline = summary(text, "app/tests/test_it.py")
        assert sorted(outline.functions) == ["Helper.make", "company"]
        assert outline.functions["company"].calls == frozenset()
        assert outline.called >= {"find", "company"} and list(outline.classes) == ["Helper"]
        source = SourceFile.from_text("app/tests/test_it.py", dedent(text))
        whole = summarise(source, whole=True)
        assert whole.functions["test_it"].calls == {"app.utils.find"}
        assert summary(text, "app/it.py").functions.keys() == whole.functions.keys()

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("def f(a): ...\ndef f(a, b): ...", 2),
            ("if X:\n    def f(a): ...\nelse:\n    def f(a, b): ...", 1),
            ("try:\n    def f(a): ...\nexcept E:\n    def f(a, b): ...", 1),
            ("if X:\n    def f(a): ...\n    def f(a, b): ...", 2),
            ("if X:\n    def f(a): ...\ndef f(a, b): ...", 2),
            ("def f(a): ...\nif X:\n    def f(a, b): ...", 1),
            ("@overload\ndef f(a): ...\n@overload\ndef f(a, b): ...\ndef f(a, b, c): ...", 3),
            (
                "@hybrid\ndef f(a): ...\n@f.setter\ndef f(a, b): ...\n@f.expression\ndef f(a, b, c): ...",
                1,
            ),
        ],
    )
    def test_which_of_several_counts(self, text: str, count: int) -> None:
        assert len(summary(text).functions["f"].parameters) == count


class TestFacts:
    @pytest.mark.parametrize("file", FILES[::3], ids=lambda file: file.name)
    def test_a_pickle_is_equal(self, file: Path) -> None:
        found = summarise(SourceFile.from_bytes(file.name, file.read_bytes()))
        assert pickle.loads(pickle.dumps(found, 5)) == found

    def test_it_depends_on_text_and_place_alone(self) -> None:
        text = FILES[0].read_text("utf-8")
        alone = summary(text)
        for file in FILES[:20]:
            summarise(SourceFile.from_bytes(file.name, file.read_bytes()))
        assert summary(text) == alone
        assert hash(alone.path) == hash(summary(text).path)

    def test_what_was_asked_before_changes_nothing(self) -> None:
        """Names are resolved once a scope; the order in which that happens must not show."""
        text = FILES[-1].read_text("utf-8")
        asked = SourceFile.from_text("app/module.py", text)
        for scope in reversed(asked.index.scopes.values()):
            for name in list(scope.bindings):
                asked.scope.lookup(name)
        assert summarise(asked) == summarise(SourceFile.from_text("app/module.py", text))

    def test_ascii_or_not_spans_are_code_points(self) -> None:
        plain, odd = (
            summary("class A:\n    x = 'ae'; y = 1"),
            summary("class A:\n    x = 'äé'; y = 1"),
        )
        assert [a.span for a in plain.classes["A"].attributes] == [
            a.span for a in odd.classes["A"].attributes
        ]


@pytest.mark.parametrize(
    "text",
    [
        "if x: pass\n" + "elif y: z = 1\n" * 800,
        "x = " + "a." * 300 + "b",
        "x = " + "1 + " * 300 + "1",
        "x: " + "int | " * 300 + "None",
        "f" + "()" * 800,
        "x = " + "[" * 60 + "]" * 60,
        "class A(" + "list[" * 60 + "int" + "]" * 60 + "): ...",
        "\n".join(f"a{n} = a{n + 1}" for n in range(2000)),
        "\n".join("  " * n + f"def f{n}():" for n in range(90)) + " pass",
    ],
    ids=range(9),
)
def test_no_file_is_too_deep(text: str) -> None:
    pickle.dumps(summary(text))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lines = st.lists(inner, min_size=1, max_size=3).map("\n".join)
    body = lines.map(lambda text: "\n".join("    " + line for line in text.split("\n")))
    return st.one_of(
        st.builds("class A(B, k=C):\n{}".format, body),
        st.builds("@d\ndef f(a, b: 'A[B]' = c, *, e: A.B = 1) -> C:\n{}".format, body),
        st.builds("if a:\n{}\nelse:\n{}".format, body, body),
        st.builds("try:\n{}\nexcept E as e:\n{}".format, body, body),
        st.builds("match a:\n  case [b, *c]:\n{}".format, body),
        st.builds("with a as (b, c):\n{}".format, body),
        st.builds("for a.b in c:\n{}\nelse:\n{}".format, body, body),
    )


_LINES = st.sampled_from(
    [
        "a = b", "b = a", "a.b = c", "a: 'b.c' = d", "a, *b = c", "a += b", "a: b", "import a.b", "del a",
        "from . import a", "from .... import b as c", "from a import *", "global a", "a(b := c)",
        "__all__ = ['a']", "__all__ += b", "[a for a in b if (c := a)]", "f(*a, **b)", "lambda a: a.b()",
        "a = b[c, d]", "a = b | c", "a = {**b, 'c': 1}", "@a\nclass B: ...", "async def f(): ...", "a: ''",
        "a: Annotated[()]", "a: 'Annotated[()]'", "a: 'None'", "a: ' b '", "a: \"L['\\\\d']\"",
        "a: '\\ud800'", "a = 'x' 'y'", "a = -1", "a = f'{b!r:{c}}'", "nonlocal_ = 1", "a()()[b].c()",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.recursive(_LINES, _grown, max_leaves=8), max_size=5))
def test_whatever_parses_is_summarised(blocks: list[str]) -> None:
    text = "\n".join(blocks)
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    found = summary(text)
    assert pickle.loads(pickle.dumps(found)) == found
    assert summary(text) == found


def test_items_are_read_from_dicts() -> None:
    value = summary("x = {'a': 1, **y}").variables["x"].value
    assert isinstance(value, Items)


@pytest.mark.parametrize("empty", ["Annotated[()]", "Optional[()]", "Union[()]"])
def test_an_annotation_of_nothing(empty: str) -> None:
    text = f"from typing import Annotated, Optional, Union\nx: {empty}\n"
    assert summarise(SourceFile.from_text("a.py", text)).variables["x"].name == "x"


def test_a_name_that_is_assigned_very_often_takes_no_square_of_it() -> None:
    begun = time.process_time()
    assert summary("x = 1\n" * 20_000).variables["x"].value == Literal(1)
    assert time.process_time() - begun < 5
