import ast
from textwrap import dedent

import pytest

from turnstay_lint.source.file import SourceFile


def index_of(text: str) -> SourceFile:
    return SourceFile.from_text("app/module.py", dedent(text))


def called(text: str) -> dict[str, str]:
    """Return the qualified name of the scope that each called name is in."""
    return {
        call.func.id: f"{type(scope.node).__name__} {scope.qualname}".strip()
        for call, scope in index_of(text).index.calls
        if isinstance(call.func, ast.Name)
    }


def test_what_is_evaluated_around_a_function() -> None:
    assert called(
        """
        @a()
        def f(x: b() = c(), /, y: d() = e(), *args: g(), z: h() = i(), **more: j()) -> k():
            l()
        """
    ) == {**dict.fromkeys("abcdeghijk", "Module"), "l": "FunctionDef f"}


def test_what_is_evaluated_around_a_class() -> None:
    assert called("@a()\nclass C(b(), c=d()):\n    e()\n") == {
        **dict.fromkeys("abd", "Module"),
        "e": "ClassDef C",
    }


def test_lambdas_and_comprehensions() -> None:
    assert called("lambda x=a(): b()") == {"a": "Module", "b": "Lambda"}
    assert called("[a(x) for x in b() if c() for y in d()]") == {
        "a": "ListComp",
        "b": "Module",
        "c": "ListComp",
        "d": "ListComp",
    }
    assert called("{a(): b() async for x in c()}") == {
        "a": "DictComp",
        "b": "DictComp",
        "c": "Module",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "x = wanted()",
        "x: wanted() = 1",
        "x.y[wanted()].z = 1",
        "x += wanted()",
        "del x[wanted()]",
        "return wanted()",
        "raise X from wanted()",
        "assert x, wanted()",
        "await wanted()",
        "yield from wanted()",
        "if x: pass\nelif wanted(): pass",
        "while x:\n    pass\nelse:\n    wanted()",
        "async with x as wanted().y: pass",
        "try:\n    pass\nexcept wanted(): pass",
        "try:\n    pass\nexcept* E:\n    wanted()",
        "match wanted():\n    case _: pass",
        "match x:\n    case _ if wanted(): pass",
        "match x:\n    case 1:\n        wanted()",
        "f'{x:{wanted()}}'",
        "f'{wanted()!r}'",
        "x = {**wanted()}",
        "f(*wanted(), **x)",
        "f(x=wanted())",
        "x[1:wanted()]",
        "x if y else wanted()",
        "not -wanted()",
        "1 < x < wanted()",
        "(y := wanted())",
        "wanted().x().y",
        "(wanted)()",
        "[*wanted()]",
        "@(lambda f: wanted())\nclass A: pass",
    ],
)
def test_a_call_wherever_it_stands(statement: str) -> None:
    body = "\n".join(f"    {line}" for line in statement.splitlines())
    assert "wanted" in called(f"async def function():\n{body}\n")


def test_functions_classes_and_calls_stand_in_the_order_of_the_text() -> None:
    source = index_of(
        """
        a()
        class A:
            b()
            def f(self):
                c()
                class B: pass
            d()
        def g():
            if e():
                f()
            else:
                g()
        h()
        """
    )
    index = source.index
    assert [scope.qualname for scope in index.functions] == ["A.f", "g"]
    assert [scope.qualname for scope in index.classes] == ["A", "A.f.B"]
    names = [call.func.id for call, _ in index.calls if isinstance(call.func, ast.Name)]
    assert names == list("abcdefgh")


def test_a_file_nested_as_deep_as_the_parser_goes() -> None:
    depth = 90
    text = "".join(f"{' ' * n}if f():\n" for n in range(depth)) + " " * depth + "wanted()\n"
    assert "wanted" in called(text)
    assert "wanted" in called("f(" * 80 + "wanted()" + ")" * 80)
    assert "wanted" in called("wanted()" + ".f()" * 400)
