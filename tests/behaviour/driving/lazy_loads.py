"""Which relationships a service loads where no load can be awaited.

SQLAlchemy then raises MissingGreenlet, whose message names code xd2s and no relationship; so what
is loaded is noted when the load begins, and the code looked for in what the service logs.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from greenlet import getcurrent
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, RelationshipProperty, Session

CODE = "/xd2s"


class Load(NamedTuple):
    """A load that cannot be awaited: of which relationship, and where the service asked for it.

    ``names`` are those that it may be declared by, none for a load of columns.
    """

    names: list[str]
    place: str


class Watch(logging.Handler):
    """Notes loads and logged errors of that code, until ``taken``."""

    def __init__(self) -> None:
        """Listen to every session and every logger."""
        super().__init__()
        self.setFormatter(logging.Formatter())
        self._loads: list[Load] = []
        self._logged = False
        logging.getLogger().addHandler(self)
        event.listen(Session, "do_orm_execute", self._note)

    def emit(self, record: logging.LogRecord) -> None:
        """Look for the code in what is logged, exceptions included."""
        self._logged = self._logged or CODE in self.format(record)

    def taken(self) -> dict[str, Any]:
        """Return what was noted since the last time."""
        noted = {"loads": [load._asdict() for load in self._loads], "raised": self._logged}
        self._loads, self._logged = [], False
        return noted

    def _note(self, state: ORMExecuteState) -> None:
        awaitable = getcurrent().parent is not None
        if awaitable or not (state.is_relationship_load or state.is_column_load):
            return
        path = state.loader_strategy_path
        relationship = path[-1] if path and state.is_relationship_load else None
        names = names_of(relationship) if isinstance(relationship, RelationshipProperty) else []
        self._loads.append(Load(names, _place()))


def names_of(relationship: RelationshipProperty[Any]) -> list[str]:
    """Return what may declare a relationship: a class or mixin, or the backref of another one."""
    for other in relationship._reverse_property:
        said = other.backref
        if said is not None and relationship.key == (said if isinstance(said, str) else said[0]):
            return [f"the reverse side of {name}" for name in names_of(other)]
    owner = relationship.parent.class_
    bases = (base for base in owner.__mro__ if base.__module__ == owner.__module__)
    return [f"{base.__name__}.{relationship.key}" for base in bases]


def _place() -> str:
    """Return the innermost line of the service that is being executed."""
    folder = Path.cwd()
    for frame in reversed(traceback.extract_stack()):
        file = Path(frame.filename)
        if file.is_relative_to(folder):
            return f"{file.relative_to(folder).as_posix()}:{frame.lineno}"
    return ""
