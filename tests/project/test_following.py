"""Revisions with what functions of other files do: which are read again, and what is then known."""

from __future__ import annotations

import pytest

from turnstay_lint.frameworks.alembic.changes import AddColumn, CallElsewhere, Unanalyzable
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.following import is_followed, makes_operations, revision_in
from turnstay_lint.project.migrations.revision_steps import column_steps_in, schema_steps_in
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile

PATH = "alembic/versions/0002.py"
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n"
OPS = f"""{HEAD}

def add(table):
    op.add_column(table, sa.Column("x", sa.Text()))


def indirect(table):
    add(table)


def fill(bind):
    bind.execute(sa.text("UPDATE accounts SET x = 'a'"))


def kinds():
    return sa.Text()


def label(table):
    return table.title()


def each(tables, do):
    for table in tables:
        do(table)


class Steps:
    def add(self, table):
        op.add_column(table, sa.Column("x", sa.Text()))


class Account:
    def label(self):
        return "x"
"""


def project(*lines: str, ops: str = OPS) -> tuple[Project, SourceFile]:
    body = "".join(f"    {line}\n" for line in lines)
    text = f"{HEAD}from app import ops\n\nrevision = '2'\ndown_revision = '1'\n\n\ndef upgrade():\n"
    source = SourceFile.from_text(PATH, f"{text}{body}")
    return Project.of([source, SourceFile.from_text("app/ops.py", ops)]), source


@pytest.mark.parametrize(
    ("function", "followed", "makes"),
    [
        ("add", True, True),
        ("indirect", True, True),
        ("fill", True, False),
        ("kinds", True, False),
        ("label", False, False),
        ("each", False, False),
        ("Steps", True, False),
        ("Steps.add", True, True),
        ("Account", False, False),
        ("nothing", False, False),
    ],
)
def test_which_functions_are_followed(function: str, followed: bool, makes: bool) -> None:
    service, _ = project("pass")
    assert is_followed(service, f"app.ops.{function}", "alembic.versions.0002") is followed
    assert makes_operations(service, f"app.ops.{function}", "alembic.versions.0002") is makes


@pytest.mark.parametrize("function", ["label", "each", "Account"])
def test_what_is_handed_the_operations_is_followed(function: str) -> None:
    service, _ = project("pass")
    assert is_followed(service, f"app.ops.{function}", "alembic.versions.0002", True)


@pytest.mark.parametrize(
    "line", ["op.drop_table('t')", "ops.label('t')", "ops.Account()", "print(op.get_bind())"]
)
def test_a_revision_that_leads_nowhere_is_read_once(line: str) -> None:
    service, source = project(line)
    assert revision_in(service, source) is revision_of(source)


def test_a_revision_that_leads_on_is_read_again_once() -> None:
    service, source = project("ops.add('t')")
    read = revision_in(service, source)
    assert read is not None and read is revision_in(service, source)
    (operation,) = read.upgrades[0]
    assert isinstance(operation.change, AddColumn)
    assert operation.origin is not None
    assert (operation.origin.path, operation.origin.span.line) == ("app/ops.py", 6)
    assert source.span(operation.call).line == 10


def test_a_file_that_cannot_be_read_again_is_not_followed() -> None:
    service, source = project("ops.add('t')", "ops.label(op)")
    unread = Project([summarise(source), *service.modules.values()])
    read = revision_in(unread, source)
    assert read is not None
    assert [type(o.change) for o in read.upgrades[0]] == [CallElsewhere, Unanalyzable]


def test_the_steps_of_a_revision_are_those_of_the_functions_too() -> None:
    service, _ = project("ops.add('accounts')", "ops.fill(op.get_bind())")
    module = service.modules["alembic.versions.0002"]
    assert [step.what for step in module.steps] == ["called", "called"]
    columns = [(step.what, step.table, step.column) for step in column_steps_in(service, module)]
    assert columns == [("nullable", "accounts", "x"), ("filled", "accounts", "x")]
    assert [(s.what, s.name) for s in schema_steps_in(service, module)] == [("column", "x")]


def test_a_function_that_is_handed_over_is_called() -> None:
    service, _ = project("ops.each(['accounts'], lambda table: op.drop_column(table, 'x'))")
    module = service.modules["alembic.versions.0002"]
    assert [step.what for step in module.steps] == ["called back"]
    assert column_steps_in(service, module) == ()


def test_the_steps_stay_what_they_are_where_nothing_is_followed() -> None:
    service, _ = project("ops.label('t')", "op.add_column('t', sa.Column('y', sa.Text()))")
    module = service.modules["alembic.versions.0002"]
    assert column_steps_in(service, module) is module.steps
    assert schema_steps_in(service, module) is module.makes
