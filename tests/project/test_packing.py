import pickle

import pytest

from turnstay_lint.project.access.refusals import Body, Guarding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.packing import (
    NotPacked,
    packed,
    packed_value,
    unpacked,
    unpacked_value,
)
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile

SOURCE = """
from sqlalchemy.orm import Mapped, relationship as rel

LIMITS = {{"most": {value}, "least": -1.5}}


class Account(Base):
    company: Mapped["Company"] = rel("Company", lazy="selectin")

    async def total(self, *amounts: int, currency: str = "ZAR") -> int | None: ...
"""


def summary(value: str = "3", path: str = "app/models.py") -> ModuleSummary:
    return summarise(SourceFile.from_text(path, SOURCE.format(value=value)))


@pytest.mark.parametrize(
    "value", ["3", "...", "b'x'", "None", "2**99", str(2**99), "1j", "'\\ud800'", "True", "1e400"]
)
def test_summaries_come_back_as_they_were(value: str) -> None:
    found = [summary(value), None, summary()]
    assert unpacked(packed(found)) == found


def test_of_a_file_whose_name_is_no_text() -> None:
    found = [summary(path="app/m\udcff.py")]
    assert unpacked(packed(found)) == found


def test_a_project_comes_back_joined_without_what_was_worked_out() -> None:
    project = Project([summary()], Settings(app="service"))
    project.remembered("worked out", object)
    joined = pickle.loads(pickle.dumps(project))
    assert (joined.settings, joined.modules) == (project.settings, project.modules)
    assert joined.find("app.models.Account") == project.find("app.models.Account")


def test_values_that_facts_have_outlive_the_process() -> None:
    body = Body(Guarding.REFUSES, True, frozenset({"check"}))
    assert unpacked_value(packed_value(body), Body) == body
    assert unpacked_value(packed_value(frozenset({"a"})), frozenset[str]) == frozenset({"a"})
    with pytest.raises(NotPacked):
        unpacked_value(packed_value(body), bool)
    with pytest.raises(NotPacked):
        packed_value(object())
