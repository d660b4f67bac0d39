"""Which modules a service has, by the names of its files alone."""

from __future__ import annotations

from turnstay_lint.project.layout import Layout
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile


def test_a_package_is_named_by_its_own_file() -> None:
    layout = Layout.of(["app.__init__", "app.models"])
    assert layout == Layout(frozenset({"app", "app.models"}), frozenset({"app"}))


def test_a_module_that_is_added_leaves_the_rest() -> None:
    layout = Layout.of(["app.__init__"])
    assert layout.having("app.__init__") is layout
    assert layout.having("tools") == Layout.of(["app.__init__", "tools"])
    assert layout.having("lib.__init__").packages == {"app", "lib"}


def test_a_project_has_that_of_its_files_unless_it_is_told() -> None:
    project = Project.of([SourceFile.from_text("app/__init__.py", "")])
    assert project.layout == Layout.of(["app.__init__"])
    told = Project((), layout=Layout.of(["app.broken"]))
    assert told.layout.modules == {"app.broken"} and not told.modules
    newer = told.with_source(SourceFile.from_text("app/new.py", ""))
    assert newer.layout.modules == {"app.broken", "app.new"}
