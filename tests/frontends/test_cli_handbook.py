"""``turnstay-lint handbook``: the same conventions for people, for Cursor and for AGENTS.md."""

from pathlib import Path

import pytest

from tests.frontends.command_line import CommandLine
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.reporters.handbook_agents import BEGIN, END

OWN_NAMES = """\
[tool.turnstay-lint]
app = "billing"
tenant-model = "Organization"
tenant-column = "organization_id"
access-class = "OrganizationAccess"
ignore = ["TSL306", "TSL313", "TSL801"]
"""


@pytest.fixture
def service(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(OWN_NAMES, encoding="utf-8")
    return tmp_path


def rules_in(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (folder / ".cursor" / "rules").iterdir()}


def test_the_page_names_every_rule(command: CommandLine, tmp_path: Path) -> None:
    done = command("handbook", "--isolated")
    assert done.status == 0, done.errors
    assert not [rule.code for rule in all_rules() if f"{rule.code} {rule.name}" not in done.output]
    assert "none: which permission is right, only its author knows" in done.output


def test_cursor_gets_a_file_a_section_with_the_rules_examples(
    command: CommandLine, tmp_path: Path
) -> None:
    done = command("handbook", "--format", "cursor", "--isolated")
    assert done.status == 0, done.errors
    files = rules_in(tmp_path)
    assert len(files) == 10
    database = files["turnstay-database.mdc"]
    head = database.split("---\n")[1]
    assert head.splitlines() == [
        "description: Queries that know their tenant, relationships that load ahead, models",
        "globs: app/api/**/*.py,app/models.py,app/models/**/*.py,app/core/database.py",
        "alwaysApply: false",
    ]
    assert "## TSL306 lazy-relationship\n\nBad:\n\n```python\n# app/models.py" in database
    assert 'lazy="selectin"' in database.split("## TSL306")[1].split("Good:")[1]
    assert "wrote .cursor/rules/turnstay-database.mdc" in done.output


def test_a_service_reads_its_own_names_and_nothing_of_what_it_ignores(
    command: CommandLine, service: Path
) -> None:
    command("handbook", "--format", "cursor")
    files = rules_in(service)
    database = files["turnstay-database.mdc"]
    assert "globs: billing/api/**/*.py,billing/models.py" in database
    assert "`OrganizationAccess`" in database
    assert "organization_id" in database
    assert "TSL306" not in database
    assert "Relationships are declared" not in database
    assert "company_id" not in database
    assert "CompanyAccess" not in database
    assert "from app." not in database


def test_the_same_configuration_gives_the_same_files(command: CommandLine, service: Path) -> None:
    command("handbook", "--format", "cursor")
    before = rules_in(service)
    again = command("handbook", "--format", "cursor")
    assert again.output == ""
    assert rules_in(service) == before
    assert command("handbook", "--format", "cursor", "--check").status == 0


def test_a_check_writes_nothing_and_says_what_is_stale(command: CommandLine, service: Path) -> None:
    command("handbook", "--format", "cursor")
    file = service / ".cursor" / "rules" / "turnstay-errors.mdc"
    file.write_text(file.read_text() + "more\n")
    checked = command("handbook", "--format", "cursor", "--check")
    assert checked.status == 1
    assert checked.errors == ".cursor/rules/turnstay-errors.mdc is not fresh\n"
    assert file.read_text().endswith("more\n")


def test_a_file_of_a_section_that_is_gone_goes_and_one_of_the_user_s_stays(
    command: CommandLine, service: Path
) -> None:
    command("handbook", "--format", "cursor")
    folder = service / ".cursor" / "rules"
    written = (folder / "turnstay-errors.mdc").read_text()
    (folder / "turnstay-former.mdc").write_text(written)
    (folder / "turnstay-own.mdc").write_text("Be kind.\n")
    done = command("handbook", "--format", "cursor")
    assert done.output == "took away .cursor/rules/turnstay-former.mdc\n"
    assert (folder / "turnstay-own.mdc").exists()


def test_agents_get_a_section_and_keep_the_rest(command: CommandLine, service: Path) -> None:
    file = service / "AGENTS.md"
    file.write_text("# Ours\n\nBe kind.\n")
    assert command("handbook", "--format", "agents").status == 0
    text = file.read_text()
    assert text.startswith(f"# Ours\n\nBe kind.\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n")
    assert "`OrganizationAccess`" in text

    file.write_text(text.replace("- An update is PATCH.", "- PUT it.") + "\nLast.\n")
    assert command("handbook", "--format", "agents", "--check").status == 1
    assert command("handbook", "--format", "agents").status == 0
    assert file.read_text() == text + "\nLast.\n"


def test_a_folder_that_is_not_there_is_said(command: CommandLine, tmp_path: Path) -> None:
    done = command("handbook", "nowhere")
    assert done.status == 2
    assert done.errors == "turnstay-lint: no such folder: 'nowhere'\n"
