from pathlib import Path
from typing import Any

import pytest

from tests.engine.services import write
from turnstay_lint.engine.configuring.configuration import (
    Configuration,
    ConfigurationError,
    configuration_for,
    configuration_from,
)
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.findings import Severity
from turnstay_lint.project.settings import Settings

TABLE = "[tool.turnstay-lint]\n"


def read(folder: Path, table: str) -> Configuration:
    write(folder, {"pyproject.toml": table})
    return configuration_for(folder)


def test_without_a_table_the_defaults_hold(tmp_path: Path) -> None:
    assert read(tmp_path, "[project]\nname = 'x'\n") == Configuration(folder=tmp_path)


def test_every_kind_of_value(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        """
        [tool.turnstay-lint]
        select = ["TSL3"]
        extend-select = ["import-order"]
        ignore = ["TSL101"]
        exclude = ["generated"]
        extend-exclude = ["app/legacy/*.py"]
        output-format = "concise"
        tenant-model = "Organization"
        strict-lazy = true
        line-length = 100
        admin-paths = ["/admin", "/staff"]
        scope-via = { Refund = "payment_id" }

        [tool.turnstay-lint.per-file-ignores]
        "app/models.py" = ["TSL306"]

        [tool.turnstay-lint.severity]
        lazy-relationship = "warning"
        """,
    )
    assert made == Configuration(
        settings=Settings(
            tenant_model="Organization",
            strict_lazy=True,
            line_length=100,
            admin_paths=("/admin", "/staff"),
            scope_via={"Refund": "payment_id"},
        ),
        folder=tmp_path,
        select=("TSL3",),
        extend_select=("import-order",),
        ignore=("TSL101",),
        per_file_ignores={"app/models.py": ("TSL306",)},
        severity={"lazy-relationship": Severity.WARNING},
        exclude=("generated",),
        extend_exclude=("app/legacy/*.py",),
        output_format="concise",
    )


def test_the_nearest_table_holds_and_a_pyproject_without_one_does_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": TABLE + 'app = "outer"\n',
            "inner/pyproject.toml": TABLE + 'app = "inner"\n',
            "plain/pyproject.toml": "[project]\nname = 'needs turnstay-lint'\n",
        },
    )
    assert configuration_for(tmp_path / "inner" / "app" / "models.py").settings.app == "inner"
    assert configuration_for(tmp_path / "plain" / "models.py").settings.app == "outer"


def test_the_line_length_is_blacks_where_nothing_else_says_it(tmp_path: Path) -> None:
    black = "[tool.black]\nline-length = 99\n"
    assert read(tmp_path, black).settings.line_length == 99
    assert read(tmp_path, TABLE + black).settings.line_length == 99
    assert read(tmp_path, TABLE + "line-length = 70\n" + black).settings.line_length == 70
    assert read(tmp_path, TABLE).settings.line_length == 88


def test_a_pyproject_that_is_no_toml_matters_only_if_it_names_the_tool(tmp_path: Path) -> None:
    assert read(tmp_path, "[tool.black\n").settings == Settings()
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml: is not TOML: .*line 1"):
        read(tmp_path, "[tool.turnstay-lint\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tenent-column = 'x'", "has no key 'tenent-column'; did you mean 'tenant-column'?"),
        ("tenant_column = 'x'", "has no key 'tenant_column'; did you mean 'tenant-column'?"),
        ("folder = 'x'", "has no key 'folder'"),
        ("tenant-column = 1", "tenant-column must be a string, not 1"),
        ("strict-lazy = 'yes'", "strict-lazy must be true or false, not 'yes'"),
        ("line-length = true", "line-length must be a whole number, not true"),
        ("select = 'TSL3'", "select must be a list of strings, not 'TSL3'"),
        ("select = [3]", "select must be a list of strings, not a list"),
        ("scope-via = ['x']", "scope-via must be a table of strings, not a list"),
        ("select = ['TSL3066']", "select: there is no rule 'TSL3066'; did you mean 'TSL306'?"),
        ("ignore = ['lazy']", "ignore: there is no rule 'lazy'"),
        ("severity = { TSL306 = 'wrning' }", "did you mean 'warning'?"),
        ("severity = { TSL3O6 = 'error' }", "severity: there is no rule 'TSL3O6'; did you mean"),
        ("output-format = 'jsn'", "output-format must be one of full, concise, json, github, "),
        ("per-file-ignores = { 'a.py' = 'TSL1' }", "'a.py' must be a list of strings, not 'TSL1'"),
        ("per-file-ignores = { 'a.py' = ['x'] }", "per-file-ignores: there is no rule 'x'"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_the_file(
    tmp_path: Path, line: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(tmp_path, f"{TABLE}{line}\n")
    said = str(raised.value)
    assert said.startswith(f"{tmp_path}/pyproject.toml: [tool.turnstay-lint] ")
    assert message in said
    assert "\n" not in said


def test_a_file_of_ones_own_needs_no_table_around_its_keys(tmp_path: Path) -> None:
    write(tmp_path, {"lint.toml": 'app = "service"\n', "pyproject.toml": "[project]\n"})
    made = configuration_from(tmp_path / "lint.toml", tmp_path)
    assert made.settings.app == "service"
    with pytest.raises(ConfigurationError, match=r"there is no \[tool\.turnstay-lint\]"):
        configuration_from(tmp_path / "pyproject.toml", tmp_path)
    with pytest.raises(ConfigurationError, match=r"none\.toml: No such file"):
        configuration_from(tmp_path / "none.toml", tmp_path)


def codes(**given: Any) -> set[str]:
    return {rule.code for rule in Configuration(**given).rules()}


DEFAULT = {rule.code for rule in all_rules() if rule.default}


def test_nothing_selected_is_what_is_on_by_default() -> None:
    assert codes() == DEFAULT


def test_the_longest_word_decides_and_ignore_before_select() -> None:
    assert codes(select=("ALL",)) == {rule.code for rule in all_rules()}
    assert codes(select=("TSL306",)) == {"TSL306"}
    assert codes(select=("lazy-relationship",)) == {"TSL306"}
    assert codes(ignore=("TSL306",)) == DEFAULT - {"TSL306"}
    assert "TSL306" not in codes(select=("TSL3",), ignore=("TSL306",))
    assert codes(select=("TSL306",), ignore=("TSL3",)) == {"TSL306"}
    assert "TSL306" not in codes(select=("TSL306",), ignore=("lazy-relationship",))
    assert codes(ignore=("ALL",), extend_select=("TSL306",)) == {"TSL306"}


def test_the_command_lines_select_starts_afresh_and_its_ignore_adds() -> None:
    configured = Configuration(select=("TSL1",), extend_select=("TSL001",), ignore=("TSL306",))
    assert [r.code for r in configured.with_options(("TSL306",), ()).rules()] == ["TSL306"]
    assert "TSL001" not in {r.code for r in configured.with_options((), ("TSL001",)).rules()}


def test_severity_is_the_closest_words() -> None:
    made = Configuration(
        select=("TSL306",), severity={"TSL306": Severity.WARNING, "TSL3": Severity.ERROR}
    )
    assert [rule.severity for rule in made.rules()] == [Severity.WARNING]


def test_files_may_ignore_rules_by_path_or_by_name(tmp_path: Path) -> None:
    made = Configuration(
        folder=tmp_path,
        per_file_ignores={"app/models/*.py": ("TSL3",), "conftest.py": ("lazy-relationship",)},
    )
    rules = made.rules()

    def off(path: str) -> set[str]:
        return {r.code for r in rules} - {
            r.code for r in made.rules_for(f"{tmp_path}/{path}", rules)
        }

    assert "TSL306" in off("app/models/account.py")
    assert off("app/tests/conftest.py") == {"TSL306"}
    assert off("models.py") == set()
