"""Parameters added to a signature and dropped from it, with black as the oracle of the layout."""

from textwrap import dedent

import black
import pytest

from turnstay_lint.codemods.edits import CannotFix
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.source.file import SourceFile

DEFAULT = NewParameter("access: Access = Depends(get_access)", has_default=True)
ANNOTATED = NewParameter("access: AccessDep", has_default=False)


def changed(
    before: str, add: NewParameter | None = DEFAULT, drop: str = "", beside: str = "session"
) -> str:
    text = dedent(before).lstrip("\n")
    tree = Tree(SourceFile.from_text("app/module.py", text))
    function = tree.source.index.functions[0].node
    edit = changed_signature(tree, function, 88, add=add, drop={drop}, beside=beside)
    if edit is None:
        return text
    start, end, new = edit
    return text[:start] + new + text[end:]


CASES = [
    ("def f(): ...", DEFAULT, "", "def f(access: Access = Depends(get_access)): ..."),
    (
        "async def f(id: int, session: Session = Depends(get_session)) -> None: ...",
        DEFAULT,
        "session",
        "async def f(id: int, access: Access = Depends(get_access)) -> None: ...",
    ),
    ("def f(id: int, session: SessionDep): ...", ANNOTATED, "", "def f(id: int, access: AccessDep, session: SessionDep): ..."),
    ("def f(id: int, flag=False): ...", ANNOTATED, "", "def f(id: int, access: AccessDep, flag=False): ..."),
    ("def f(session, id): ...", DEFAULT, "", "def f(session, id, access: Access = Depends(get_access)): ..."),
    ("def f(session: SessionDep, id): ...", DEFAULT, "session", "def f(id, access: Access = Depends(get_access)): ..."),
    ("def f(id, /, session=1): ...", ANNOTATED, "session", "def f(id, /, access: AccessDep): ..."),
    ("def f(id, *, session): ...", DEFAULT, "", "def f(id, *, access: Access = Depends(get_access), session): ..."),
    ("def f(id, *args, **kwargs): ...", DEFAULT, "", "def f(id, access: Access = Depends(get_access), *args, **kwargs): ..."),
    ("def f(a: tuple[int, str] = (1, 'a')): ...", DEFAULT, "", "def f(a: tuple[int, str] = (1, 'a'), access: Access = Depends(get_access)): ..."),
    ("def f(session): ...", None, "session", "def f(): ..."),
    ("def f(id): ...", None, "session", "def f(id): ..."),
]  # fmt: skip


@pytest.mark.parametrize(("before", "add", "drop", "after"), CASES, ids=lambda v: str(v)[:40])
def test_where_a_parameter_goes(
    before: str, add: NewParameter | None, drop: str, after: str
) -> None:
    assert changed(before + "\n", add, drop) == after + "\n"


LAYOUTS = [
    "async def f(id: int, session: AsyncSession = Depends(deps.get_session)):\n    pass\n",
    "async def f(\n    id: int, session: AsyncSession = Depends(deps.get_session), name: str = ''\n):\n    pass\n",
    "async def f(\n    id: int,\n    session: AsyncSession = Depends(deps.get_session),\n):\n    pass\n",
    "async def f_with_a_rather_long_name_indeed(session: AsyncSession = Depends(deps.get_session)):\n    pass\n",
    "class A:\n    def f(self, session: AsyncSession = Depends(deps.get_session)) -> list[Account]:\n        pass\n",
    "async def f(id: Annotated[int, Query(gt=1)], session: AsyncSession = Depends(s)) -> None:\n    pass\n",
]  # fmt: skip


@pytest.mark.parametrize("drop", ["", "session"])
@pytest.mark.parametrize("before", LAYOUTS)
def test_as_black_has_it(before: str, drop: str) -> None:
    mode = black.Mode()
    after = changed(black.format_str(before, mode=mode), DEFAULT, drop)
    assert black.format_str(after, mode=mode) == after


COMMENTED = """
def f(
    id: int,  # the account's
    session: Session = Depends(get_session),  # the request's
): ...
"""


def test_comments_among_the_parameters_stay() -> None:
    assert "    access: Access = Depends(get_access),  # the request's\n" in changed(
        COMMENTED, DEFAULT, "session"
    )
    beside = changed(COMMENTED)
    assert "get_access),\n    session: Session = Depends(get_session),  # the request's" in beside
    with pytest.raises(CannotFix):
        changed(COMMENTED, ANNOTATED)
