import ast
from textwrap import dedent

import pytest

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Binds, Scope, absolute_module


def source_of(text: str, path: str = "app/module.py") -> SourceFile:
    return SourceFile.from_text(path, dedent(text))


def kinds(scope: Scope, name: str) -> list[Binds]:
    return [binding.kind for binding in scope.bindings.get(name, [])]


@pytest.mark.parametrize(
    ("statement", "name", "kind"),
    [
        ("import a.b.c", "a", Binds.IMPORT),
        ("import a.b.c as d", "d", Binds.IMPORT),
        ("from a import b as c", "c", Binds.IMPORT),
        ("x = 1", "x", Binds.ASSIGNMENT),
        ("y = x = 1", "x", Binds.ASSIGNMENT),
        ("x: int = 1", "x", Binds.ASSIGNMENT),
        ("x: int", "x", Binds.OTHER),
        ("x += 1", "x", Binds.OTHER),
        ("y, (x, *z) = f()", "x", Binds.OTHER),
        ("y, (x, *z) = f()", "z", Binds.OTHER),
        ("[x] = f()", "x", Binds.OTHER),
        ("for x in y: pass", "x", Binds.OTHER),
        ("for _, x in y:\n    pass\nelse:\n    z = 1", "z", Binds.ASSIGNMENT),
        ("with f() as x: pass", "x", Binds.OTHER),
        ("with f() as (x, y): pass", "y", Binds.OTHER),
        ("try:\n    pass\nexcept E as x:\n    pass", "x", Binds.OTHER),
        ("try:\n    pass\nexcept* E:\n    x = 1", "x", Binds.ASSIGNMENT),
        ("try:\n    pass\nfinally:\n    x = 1", "x", Binds.ASSIGNMENT),
        ("while f():\n    x = 1", "x", Binds.ASSIGNMENT),
        ("def x(): pass", "x", Binds.FUNCTION),
        ("async def x(): pass", "x", Binds.FUNCTION),
        ("class x: pass", "x", Binds.CLASS),
        ("f(x := 1)", "x", Binds.ASSIGNMENT),
        ("[y for y in z if (x := y)]", "x", Binds.ASSIGNMENT),
        ("raise E(x := 1)", "x", Binds.ASSIGNMENT),
        ("for y in (x := f()): pass", "x", Binds.ASSIGNMENT),
        ("with (x := f()): pass", "x", Binds.ASSIGNMENT),
        ("def f(y=(x := 1)): pass", "x", Binds.ASSIGNMENT),
        ("match f():\n    case x: pass", "x", Binds.OTHER),
        ("match f():\n    case [_, *x]: pass", "x", Binds.OTHER),
        ("match f():\n    case {'a': 1, **x}: pass", "x", Binds.OTHER),
        ("match f():\n    case A(b=B() as x): pass", "x", Binds.OTHER),
        ("match f():\n    case y if (x := y): pass", "x", Binds.ASSIGNMENT),
    ],
)
def test_what_binds_a_name(statement: str, name: str, kind: Binds) -> None:
    assert kinds(source_of(statement).scope, name) == [kind]


@pytest.mark.parametrize(
    "statement",
    [
        "x.y = 1",
        "x[0] = 1",
        "f(x=1)",
        "del x",
        "def f(x): pass",
        "lambda x: x",
        "lambda: (x := 1)",
        "[x for x in y]",
        "class A:\n    x = 1",
        "def f():\n    x = 1",
        "match f():\n    case x.y: pass",
        "match f():\n    case A(x=1): pass",
        "match f():\n    case 1:\n        def g():\n            match h():\n                case x: pass",
        "import a.x",
    ],
)
def test_what_binds_no_name_here(statement: str) -> None:
    assert kinds(source_of(statement).scope, "x") == []


def test_a_name_is_bound_once_for_each_pattern_of_nested_matches() -> None:
    source = source_of(
        """
        match f():
            case x:
                match x:
                    case {"y": y}:
                        pass
        """
    )
    assert kinds(source.scope, "y") == [Binds.OTHER]


def test_parameters_of_every_kind() -> None:
    source = source_of("def f(a, /, b, *c, d, **e): pass")
    inner = source.index.functions[0]
    assert list(inner.bindings) == ["a", "b", "c", "d", "e"]


def test_a_global_name_is_bound_elsewhere() -> None:
    source = source_of(
        """
        engine = None

        def connect():
            global engine
            engine = make()
            return engine

        def counter():
            count = 0
            def step():
                nonlocal count
                count += 1
            return step
        """
    )
    connect, counter, step = source.index.functions
    assert connect.lookup("engine") == (source.scope, source.scope.bindings["engine"])
    found = step.lookup("count")
    assert found is not None
    assert found[0] is counter


def test_global_at_the_top_says_nothing() -> None:
    assert kinds(source_of("global x\nx = 1").scope, "x") == [Binds.ASSIGNMENT]


def test_what_a_class_binds_is_seen_by_itself_alone() -> None:
    source = source_of(
        """
        x = 0

        class A:
            x = 1
            y = [x for _ in x]

            class B:
                z = x

            def method(self):
                return x
        """
    )
    index = source.index
    inner = [scope for scope in index.scopes.values() if scope.parent is index.classes[0]]
    assert len(inner) == 3
    for scope in inner:
        found = scope.lookup("x")
        assert found is not None
        assert found[0] is source.scope
    own = index.classes[0].lookup("x")
    assert own is not None
    assert own[0] is index.classes[0]


def test_an_annotation_alone_binds_nothing_in_a_class() -> None:
    source = source_of("class A:\n    date: date\n    time: time = None\n")
    assert list(source.index.classes[0].bindings) == ["time"]


def test_bindings_stand_in_the_order_in_which_they_bind() -> None:
    source = source_of(
        """
        if (x := f()):
            x = g(x)
        try:
            x = 3
        except E as x:
            x = 4
        """
    )
    assert [binding.line for binding in source.scope.bindings["x"]] == [2, 3, 5, 6, 7]


def test_qualified_names_skip_comprehensions_and_lambdas() -> None:
    source = source_of("class A:\n    def f(self):\n        return [(lambda: y) for y in z]\n")
    names = {type(node).__name__: scope.qualname for node, scope in source.index.scopes.items()}
    assert names == {
        "Module": "",
        "ClassDef": "A",
        "FunctionDef": "A.f",
        "ListComp": "A.f",
        "Lambda": "A.f",
    }
    innermost = next(s for n, s in source.index.scopes.items() if isinstance(n, ast.Lambda))
    assert innermost.function is source.index.functions[0]


@pytest.mark.parametrize(
    ("module", "statement", "wanted"),
    [
        ("app.api.deps", "from . import x", "app.api"),
        ("app.api.deps", "from .utils import x", "app.api.utils"),
        ("app.api.deps", "from .. import x", "app"),
        ("app.api.__init__", "from . import x", "app.api"),
        ("app.api.__init__", "from ..core import x", "app.core"),
        ("deps", "from . import x", ""),
        ("deps", "from .... import x", ""),
        ("deps", "from ....a import x", "a"),
        ("app.api.deps", "from b.c import x", "b.c"),
    ],
)
def test_relative_imports(module: str, statement: str, wanted: str) -> None:
    parsed = ast.parse(statement).body[0]
    assert isinstance(parsed, ast.ImportFrom)
    assert absolute_module(parsed, module) == wanted
