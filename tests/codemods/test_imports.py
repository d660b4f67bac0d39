"""Imports added and removed: what the file has afterwards, and that nothing else changed."""

from textwrap import dedent

import black
import pytest

from tests.harness import Check
from turnstay_lint.codemods.edits import CannotFix, Import
from turnstay_lint.codemods.imports import adjust_imports, local_name
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

PATH = "app/api/endpoints/accounts.py"
order = Check("TSL001", path=PATH)


def adjusted(
    text: str,
    *imports: str,
    unused: tuple[str, ...] = (),
    path: str = PATH,
    settings: Settings | None = None,
) -> str:
    """Return the text with imports (``app.models:Account as A``, ``datetime``) added."""
    wanted = set()
    for said in imports:
        said, _, alias = said.partition(" as ")
        module, _, name = said.partition(":")
        wanted.add(Import(module, name, alias))
    source = SourceFile.from_text(path, text)
    return adjust_imports(source, wanted, set(unused), settings or Settings())


def becomes(before: str, after: str, *imports: str, unused: tuple[str, ...] = ()) -> None:
    """Assert the result, that black and TSL001 stay content, and that it is done after once."""
    before, after = dedent(before), dedent(after)
    result = adjusted(before, *imports, unused=unused)
    assert result == after, f"--- got\n{result}\n--- wanted\n{after}"
    assert adjusted(result, *imports, unused=unused) == result
    if black.format_str(before, mode=black.Mode()) == before:
        assert black.format_str(result, mode=black.Mode()) == result
    if not order.findings(before):
        assert not order.findings(result)


def test_a_name_joins_its_module() -> None:
    becomes(
        "from fastapi import APIRouter, Depends\n",
        "from fastapi import APIRouter, Depends, HTTPException\n",
        "fastapi:HTTPException",
    )


def test_a_name_goes_where_the_order_of_the_names_has_it() -> None:
    becomes(
        "from app.x import LIMIT, Account, find\n",
        "from app.x import LIMIT, Account, Company, find\n",
        "app.x:Company",
    )
    becomes("from app.x import a, B, d\n", "from app.x import a, B, C, d\n", "app.x:C")
    becomes("from app.x import b, A\n", "from app.x import b, A, a\n", "app.x:a")


def test_a_statement_that_grows_too_long_is_spread() -> None:
    becomes(
        """\
        from app.schemas.responses import AccountResponse, CompanyResponse, CurrencyShort
        """,
        """\
        from app.schemas.responses import (
            AccountResponse,
            CompanyResponse,
            CurrencyShort,
            RefundResponse,
        )
        """,
        "app.schemas.responses:RefundResponse",
    )


def test_one_name_on_each_line_with_comments() -> None:
    becomes(
        """\
        from app.models import (
            Account,  # tenant-owned
            # not ours
            Currency,
        )
        """,
        """\
        from app.models import (
            Account,  # tenant-owned
            Company,
            # not ours
            Currency,
        )
        """,
        "app.models:Company",
    )


def test_a_comment_inside_a_form_that_is_not_blacks() -> None:
    becomes(
        "from app.models import (Account,  # first\n    Refund)\n",
        "from app.models import (Account,  # first\n    Refund)\nfrom app.models import Company\n",
        "app.models:Company",
    )


def test_a_comment_beside_stays_beside() -> None:
    becomes(
        "from app.models import Account  # noqa: F401\n",
        "from app.models import Account, Company  # noqa: F401\n",
        "app.models:Company",
    )
    long = "from app.models import Account  # " + "so " * 14 + "there\n"
    becomes(long, long + "from app.models import AccountStatement\n", "app.models:AccountStatement")


def test_parentheses_and_backslashes_are_written_anew() -> None:
    becomes("from a import (b, d)\n", "from a import b, c, d\n", "a:c")
    becomes("from a import b, \\\n    d\n", "from a import b, c, d\n", "a:c")


def test_a_relative_import_of_the_module() -> None:
    becomes(
        "from ..deps import get_company\n",
        "from ..deps import get_company, get_session\n",
        "app.api.deps:get_session",
    )


def test_a_star_is_no_place_for_a_name() -> None:
    becomes(
        "from app.models import *\n",
        "from app.models import *\nfrom app.models import Account\n",
        "app.models:Account",
    )


def test_every_section_finds_its_place() -> None:
    becomes(
        """\
        '''Endpoints.'''

        from fastapi import APIRouter

        from app.api import deps
        from app.schemas.responses import AccountResponse

        router = APIRouter()
        """,
        """\
        '''Endpoints.'''

        from __future__ import annotations

        import datetime
        from decimal import Decimal

        import httpx
        from fastapi import APIRouter
        from sqlalchemy import select

        from app import constants
        from app.api import deps
        from app.models import Account
        from app.schemas.responses import AccountResponse
        from app.tests import samples

        router = APIRouter()
        """,
        "__future__:annotations",
        "datetime",
        "decimal:Decimal",
        "httpx",
        "sqlalchemy:select",
        "app:constants",
        "app.models:Account",
        "app.tests:samples",
    )


def test_local_sections_apart_stay_apart() -> None:
    becomes(
        """\
        from app import constants

        from app.models import Account
        """,
        """\
        from app import constants

        from app.api import deps

        from app.models import Account
        """,
        "app.api:deps",
    )


def test_headings_stay_on_top_and_new_sections_do_without() -> None:
    becomes(
        """\
        # Standard library
        import os

        # Local imports
        from app.models import Account
        """,
        """\
        # Standard library
        import datetime
        import os

        from fastapi import Depends

        # Local imports
        from app.models import Account
        """,
        "datetime",
        "fastapi:Depends",
    )


def test_a_comment_above_stays_with_its_import() -> None:
    becomes(
        """\
        import os

        # for endpoints
        from fastapi import Depends
        """,
        """\
        import os

        from alembic import op

        # for endpoints
        from fastapi import Depends
        """,
        "alembic:op",
    )


def test_the_comment_that_heads_a_file_stays_on_top() -> None:
    becomes(
        "# app/models.py\nfrom fastapi import Depends\n",
        "# app/models.py\nfrom alembic import op\nfrom fastapi import Depends\n",
        "alembic:op",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "import os\n"),
        ("x = 1\n", "import os\n\nx = 1\n"),
        ('"""Doc."""', '"""Doc."""\n\nimport os\n'),
        ('"""Doc."""\n', '"""Doc."""\n\nimport os\n'),
        ('"""Doc."""\n\nx = 1\n', '"""Doc."""\n\nimport os\n\nx = 1\n'),
        ('"""Doc."""\n\n\ndef f(): ...\n', '"""Doc."""\n\nimport os\n\n\ndef f(): ...\n'),
        ("@f\ndef f(): ...\n", "import os\n\n\n@f\ndef f(): ...\n"),
        ("# note\ndef f(): ...\n", "import os\n\n\n# note\ndef f(): ...\n"),
        ("# app/x.py\nclass A: ...\n", "# app/x.py\nimport os\n\n\nclass A: ...\n"),
        ("#!/bin/python\n# coding: utf-8\nx = 1\n", "#!/bin/python\n# coding: utf-8\nimport os\n\nx = 1\n"),
        ("# Ours.\n\nx = 1\n", "# Ours.\n\nimport os\n\nx = 1\n"),
        ("# Ours.\n", "# Ours.\nimport os\n"),
        (
            "if TYPE_CHECKING:\n    import abc\n",
            "import os\n\nif TYPE_CHECKING:\n    import abc\n",
        ),
        (
            "def f(): ...\n\n\nfrom app import x\n",
            "import os\n\n\ndef f(): ...\n\n\nfrom app import x\n",
        ),
    ],
)  # fmt: skip
def test_the_first_import_of_a_file(before: str, after: str) -> None:
    becomes(before, after, "os")


def test_a_local_import_below_an_edit_of_the_path() -> None:
    becomes(
        "import sys\n\nsys.path.insert(0, '.')\n\nfrom app.api import deps\n",
        "import sys\n\nsys.path.insert(0, '.')\n\nfrom app.api import deps\nfrom app.models import A\n",
        "app.models:A",
    )
    becomes(
        "import sys\n\nsys.path.insert(0, '.')\n\nfrom app.api import deps\n",
        "import os\nimport sys\n\nsys.path.insert(0, '.')\n\nfrom app.api import deps\n",
        "os",
    )


def test_line_ends_and_tabs_are_the_files_own() -> None:
    text = "import os\r\n\r\n\r\ndef f():\r\n\tpass\r\n"
    long = "a" * 50
    assert adjusted(text, f"app.models:{long}_1", f"app.models:{long}_2") == (
        f"import os\r\n\r\nfrom app.models import (\r\n\t{long}_1,\r\n\t{long}_2,\r\n)\r\n\r\n\r\n"
        "def f():\r\n\tpass\r\n"
    )


def test_aliases() -> None:
    becomes("from app.x import a as b\n", "from app.x import a as b, c as d\n", "app.x:c as d")
    becomes("import os\n", "import os\n\nimport sqlalchemy as sa\n", "sqlalchemy as sa")


def test_force_sort_within_sections() -> None:
    settings = Settings(force_sort_within_sections=True)
    text = "from fastapi import Depends\nfrom sqlalchemy import select\n"
    assert adjusted(text, "httpx", settings=settings) == (
        "from fastapi import Depends\nimport httpx\nfrom sqlalchemy import select\n"
    )


# What goes.


def test_a_name_that_nothing_uses_goes() -> None:
    becomes(
        """\
        from fastapi import APIRouter, Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.models import (
            Account,
            Company,
        )

        router = APIRouter(Company)
        """,
        """\
        from fastapi import APIRouter

        from app.models import (
            Company,
        )

        router = APIRouter(Company)
        """,
        unused=("Depends", "AsyncSession", "Account"),
    )


def test_a_name_gives_its_place_to_another() -> None:
    becomes(
        "from app.models import Account, Company\n\nx = Company\n",
        "from app.models import Company, Refund\n\nx = Company\n",
        "app.models:Refund",
        unused=("Account",),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os\nimport abc\n\nabc.ABC\n", "import abc\n\nabc.ABC\n"),
        ("import os\n\n\ndef f(): ...\n", "def f(): ...\n"),
        ('"""Doc."""\n\nimport os\n\n\ndef f(): ...\n', '"""Doc."""\n\n\ndef f(): ...\n'),
        ('"""Doc."""\n\nimport os\n\nx = 1\n', '"""Doc."""\n\nx = 1\n'),
        ("import abc\n\nimport os\n\n\ndef f(): abc\n", "import abc\n\n\ndef f(): abc\n"),
        ("import abc\n\nimport os\n\nfrom app import x\n", "import abc\n\nfrom app import x\n"),
        ("import os\n\nimport os\n\n\nx = 1\n", "x = 1\n"),
        (
            "import abc\nimport os\n\nimport os\nimport fastapi\n",
            "import abc\n\nimport fastapi\n",
        ),
        ("import abc, os\n\nabc\n", "import abc\n\nabc\n"),
        ("import abc, os  # both\n\nabc\n", "import abc  # both\n\nabc\n"),
        ("# Standard library\nimport os\nimport abc\n", "# Standard library\nimport abc\n"),
    ],
)
def test_a_whole_statement_goes(before: str, after: str) -> None:
    becomes(before, after, unused=("os",))


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\nos.environ\n",
        "import os\n\nx: 'os.PathLike' = 1\n",
        "import os\n\n__all__ = ['os']\n",
        "import os\n\nx: 'dict[str, os.PathLike]' = 1\n",
        "import os  # noqa: F401\n",
        "# kept for plugins\nimport os\n",
        "import os; import abc\n",
        "from app import (\n    os as os,  # ours\n    x,\n)\n\nx\n",
        "def f():\n    import os\n",
    ],
)
def test_an_import_that_stays(text: str) -> None:
    assert adjusted(text, unused=("os",)) == text


def test_a_row_without_a_comment_goes_from_among_those_that_have_one() -> None:
    becomes(
        "from app import (\n    a,\n    b,  # ours\n)\n\nb\n",
        "from app import (\n    b,  # ours\n)\n\nb\n",
        unused=("a",),
    )


def test_a_package_imports_for_others() -> None:
    text = "from app.models import Account\n"
    assert adjusted(text, unused=("Account",), path="app/__init__.py") == text


def test_prose_is_no_use_of_a_name() -> None:
    becomes('import os\n\nx = "see os for that"\n', 'x = "see os for that"\n', unused=("os",))


# What is there already.


def tree(text: str) -> Tree:
    return Tree(SourceFile.from_text(PATH, dedent(text)))


@pytest.mark.parametrize(
    ("text", "wanted", "local"),
    [
        ("from app.models import Account\n", Import("app.models", "Account"), "Account"),
        ("from app.models import Account as A\n", Import("app.models", "Account"), "A"),
        ("import datetime as dt\n", Import("datetime"), "dt"),
        ("import app.models\n", Import("app.models"), "app"),
        ("import app.models\n", Import("app.core"), ""),
        ("from ..deps import x\n", Import("app.api.deps", "x"), "x"),
        ("if TYPE_CHECKING:\n    from app.models import A\n", Import("app.models", "A"), ""),
        ("try:\n    from a import b\nexcept ImportError:\n    b = None\n", Import("a", "b"), "b"),
        ("x = 1\n", Import("app.models", "Account"), ""),
    ],
)
def test_what_a_file_calls_a_thing(text: str, wanted: Import, local: str) -> None:
    assert local_name(tree(text), wanted) == local


@pytest.mark.parametrize(
    "text", ["class Account: ...\n", "from b import Account\n", "Account = 1\n"]
)
def test_a_name_that_is_taken(text: str) -> None:
    with pytest.raises(CannotFix, match="`Account` is the name of something else"):
        local_name(tree(text), Import("app.models", "Account"))


def test_an_import_that_only_type_checkers_see_is_not_enough() -> None:
    becomes(
        """\
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from app.models import Account
        """,
        """\
        from typing import TYPE_CHECKING

        from app.models import Account

        if TYPE_CHECKING:
            from app.models import Account
        """,
        "app.models:Account",
    )
