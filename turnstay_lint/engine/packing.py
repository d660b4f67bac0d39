"""Facts as bytes, for the way between processes.

Python pickles a frozen dataclass with slots by functions written in Python; here it goes as a call
of its class, which takes half the time both ways.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from turnstay_lint.engine.service import Root
from turnstay_lint.project.project import Project


def packed(facts: object) -> bytes:
    """Return facts as bytes, for ``unpacked`` of the same version of this program."""
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(facts)
    return buffer.getvalue()


def unpacked(content: bytes) -> Any:
    """Return the facts that were packed."""
    return pickle.loads(content)


def packed_projects(projects: Mapping[Root, Project]) -> bytes:
    """Return projects as bytes: what they are made of, not what was worked out from it."""
    parts = {root: (list(p.modules.values()), p.settings) for root, p in projects.items()}
    return packed(parts)


def unpacked_projects(content: bytes) -> dict[Root, Project]:
    """Return the projects that were packed, joined again."""
    return {root: Project(*parts) for root, parts in unpacked(content).items()}


class _Pickler(pickle.Pickler):
    def reducer_override(self, fact: object) -> Any:
        """Reduce a frozen dataclass to its class and the values of its fields."""
        values = _values_of(type(fact))  # type: ignore[arg-type]
        return NotImplemented if values is None else (type(fact), values(fact))


@cache
def _values_of(kind: type) -> Callable[[object], tuple[object, ...]] | None:
    """Return what gives the values of a frozen dataclass in order, or None for anything else."""
    if not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return None
    if not all(field.init and not field.kw_only for field in fields(kind)):
        return None
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda fact: tuple(getattr(fact, name) for name in names)
