import ast
from textwrap import dedent

import pytest

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve


def resolved(text: str, path: str = "app/module.py") -> list[str | None]:
    """Return what the first argument of each call of ``ask`` resolves to, in the text's order."""
    source = SourceFile.from_text(path, dedent(text))
    return [
        resolve(call.args[0], scope)
        for call, scope in sorted(source.index.calls, key=lambda pair: pair[0].lineno)
        if isinstance(call.func, ast.Name) and call.func.id == "ask"
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import sqlalchemy\nask(sqlalchemy.orm.relationship)", "sqlalchemy.orm.relationship"),
        ("import sqlalchemy as sa\nask(sa.Column)", "sqlalchemy.Column"),
        ("import sqlalchemy.orm\nask(sqlalchemy.Column)", "sqlalchemy.Column"),
        ("import sqlalchemy.orm as orm\nask(orm.relationship)", "sqlalchemy.orm.relationship"),
        ("from sqlalchemy import orm\nask(orm.relationship)", "sqlalchemy.orm.relationship"),
        ("from sqlalchemy.orm import relationship as r\nask(r)", "sqlalchemy.orm.relationship"),
        ("from ..core import db\nask(db.session)", "core.db.session"),
        ("import sqlalchemy as sa\nC = sa.Column\nask(C)", "sqlalchemy.Column"),
        ("from a import b\nc = b\nd = c\nask(d.e)", "a.b.e"),
        ("def f(): pass\nask(f)", "app.module.f"),
        ("class A: pass\nask(A.b)", "app.module.A.b"),
        ("class A: pass\nB = A\nask(B)", "app.module.A"),
        ("x = f()\nask(x.y)", "app.module.x.y"),
        ("ask(list)", "builtins.list"),
        ("ask(relationship)", "sqlalchemy.orm.relationship"),
        ("ask(unheard_of)", None),
        ("ask(f().x)", None),
        ("ask(x[0].y)", None),
        ("ask('x'.join)", None),
        ("def f(select):\n    ask(select)", None),
        ("def f():\n    select = g()\n    ask(select)", None),
        ("[ask(op) for op in f()]", None),
        ("lambda sa: ask(sa.Column)", None),
        ("for op in f(): ask(op)", "app.module.op"),
        ("try:\n    from a import b\nexcept ImportError:\n    b = None\nask(b)", "a.b"),
        ("b = None\nif x:\n    from a import b\nask(b)", "a.b"),
        ("from sqlalchemy import *\nask(select)", "sqlalchemy.select"),
        ("from app.models import *\nask(Account)", "app.models.Account"),
        ("from a import *\nfrom b import *\nask(Account)", "app.module.Account"),
        ("x = x\nask(x)", "app.module.x"),
        ("x = y\ny = x\nask(x)", "app.module.x"),
        ("json = json.loads\nask(json)", "app.module.json"),
    ],
)
def test_what_a_name_means(text: str, name: str | None) -> None:
    assert resolved(text) == [name]


def test_the_binding_in_force_is_the_last_before_the_use() -> None:
    assert resolved(
        """
        from a import thing
        ask(thing)
        from b import thing
        ask(thing)
        """
    ) == ["a.thing", "b.thing"]


def test_a_statement_reads_names_as_they_were_before_it() -> None:
    assert resolved(
        """
        def f():
            from sqlalchemy import select
            select = wrapped(
                ask(select)
            )
            ask(select)
        """
    ) == ["sqlalchemy.select", None]


def test_a_body_of_a_loop_sees_its_target() -> None:
    assert resolved("from a import op\ndef f():\n    for op in g():\n        ask(op)\n") == [None]


def test_a_function_sees_the_module_as_it_ends_up() -> None:
    assert resolved("def f():\n    ask(late)\n\nfrom a import late\n") == ["a.late"]


def test_a_class_attribute_of_the_same_name() -> None:
    assert resolved(
        """
        import datetime
        from sqlalchemy import select

        class A:
            ask(select)
            select = select(1)
            datetime: datetime.datetime
            ask(datetime.date)

            def method(self):
                ask(select)
        """
    ) == ["sqlalchemy.select", "datetime.date", "sqlalchemy.select"]


def test_a_global_name_is_the_module_s() -> None:
    assert resolved("x = 0\ndef f():\n    global x\n    x = g()\n    ask(x)\n") == ["app.module.x"]


def test_a_package_s_own_file() -> None:
    path = "app/models/__init__.py"
    assert resolved("from .account import Account\nask(Account)", path) == [
        "app.models.account.Account"
    ]
    assert resolved("class A: pass\nask(A)", path) == ["app.models.A"]


def test_a_chain_as_long_as_the_parser_reads() -> None:
    chain = "a" + ".b" * 2000
    assert resolved(f"import a\nask({chain})") == [chain]
