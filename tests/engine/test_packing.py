from dataclasses import dataclass, field
from pathlib import Path

from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.packing import packed, packed_projects, unpacked, unpacked_projects
from turnstay_lint.engine.service import Root
from turnstay_lint.findings import safe
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summarise import summarise
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.source.file import SourceFile

SOURCE = """
from sqlalchemy.orm import Mapped, relationship as rel


class Account(Base):
    company: Mapped["Company"] = rel("Company", lazy="selectin")

    async def total(self, *amounts: int, currency: str = "ZAR") -> int | None: ...
"""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A plan without fields."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan with a field that its class makes."""

    name: str
    length: int = field(init=False, default=7)


def test_facts_come_back_as_they_were() -> None:
    summary = summarise(SourceFile.from_text("app/models.py", SOURCE))
    for fact in (summary, safe("title", Nothing()), Counted("x"), Verdict(()), Settings()):
        assert unpacked(packed(fact)) == fact
    assert unpacked(packed(unreadable_file("a.py", "message"))).message == "message"


def test_projects_come_back_joined() -> None:
    root = Root(Path("/service"), Path("/service"))
    settings = Settings(app="service")
    project = Project([summarise(SourceFile.from_text("app/models.py", SOURCE))], settings)
    project.remembered("worked out", object)
    [(where, joined)] = unpacked_projects(packed_projects({root: project})).items()
    assert (where, joined.settings, joined.modules) == (root, settings, project.modules)
    assert joined.find("app.models.Account") == project.find("app.models.Account")
