"""The bases of classes, and what annotated aliases stand for."""

from typing import ClassVar

import pytest

from tests.project.written_project import found, service
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.project.summaries.values import Call, Literal, Name
from turnstay_lint.source.types import Type


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
