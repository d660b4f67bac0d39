"""What stands for a tracker where nobody asks which relationships are loaded."""

from __future__ import annotations

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.reading import VALIDATORS
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import is_schema


class Untracked:
    """Takes what a ``Tracker`` is told, and keeps nothing of it."""

    def __init__(self, project: Project) -> None:
        """Stand for a tracker in a service."""
        self._project = project

    def validated(self, dotted: str, name: str, given: Given, environment: Environment) -> bool:
        """Tell whether a call was ``Schema.model_validate(account)``."""
        return name in VALIDATORS and is_schema(self._project, dotted, "")

    def nothing(self, *of: object, several: bool = False) -> None:
        """Leave the loading of objects as it is."""

    assigned = built = called = constructed = got = handed_over = load = only_one = nothing
    read = returned = sent = session_method = nothing
