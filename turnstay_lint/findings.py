"""What the linter has to say: findings, and the fixes that some of them carry.

Both are plain data, so that they can be cached, sent between processes, and shown by any front
end without knowing how they came to be.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from turnstay_lint.source.positions import Span


class Severity(Enum):
    """How bad a departure is: an error can hurt customers or a deployment, a warning readers."""

    ERROR = "error"
    WARNING = "warning"


class Applicability(Enum):
    """Whether a fix may be applied unasked."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Elsewhere(Struct, frozen=True):
    """What a fix does in another file of the service as well.

    ``path`` is said as that of a finding, ``plan`` is plain data of the rule's own, ``adds`` names
    what comes into the file, so that two fixes do not both add a thing of that name. A ``created``
    file is not there yet.
    """

    path: str
    plan: object
    adds: str = ""
    created: bool = False


class Move(Struct, frozen=True):
    """A file that a fix gives another path; both are said as those of a finding."""

    old: str
    new: str


class Fix(Struct, frozen=True):
    """What to do about a finding, without how: the codemod of the rule knows how.

    ``title`` is an imperative for menus and reports; ``plan`` is plain data of the rule's own
    (a frozen struct); ``caution`` says what may differ after an unsafe fix. With something
    ``elsewhere``, or with ``moves``, it is a change set: all of it is done, or nothing. A file
    that moves is edited under the path that it has; it may be the finding's own. ``bolder`` is what
    is done instead where unsafe fixes are asked for, if it can be: it does more than this one.
    """

    title: str
    applicability: Applicability
    plan: object
    caution: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    moves: tuple[Move, ...] = ()
    bolder: Fix | None = None

    @property
    def is_change_set(self) -> bool:
        """Tell whether it concerns more than the text of the finding's own file."""
        return bool(self.elsewhere or self.moves)


class Related(Struct, frozen=True):
    """Another place that explains a finding: a model's declaration, the getter to use."""

    path: str
    span: Span
    message: str


class Finding(Struct, frozen=True):
    """One departure from the handbook.

    ``scope`` is the qualified name that the place lies in (``Account.company``), empty for the
    module. Either ``fix`` is there or ``unfixable`` says why not.
    """

    code: str
    name: str
    severity: Severity
    path: str
    span: Span
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()
    scope: str = ""
    fix: Fix | None = None
    unfixable: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Return the sort key of reports: file, line, column, code, message."""
        return self.path, self.span.line, self.span.column, self.code, self.message


def safe(title: str, plan: object) -> Fix:
    """Return a fix that keeps every behaviour that the handbook allows."""
    return Fix(title, Applicability.SAFE, plan)


def unsafe(
    title: str,
    plan: object,
    caution: str,
    elsewhere: tuple[Elsewhere, ...] = (),
    moves: tuple[Move, ...] = (),
) -> Fix:
    """Return a fix after which something may differ: ``caution`` says what."""
    return Fix(title, Applicability.UNSAFE, plan, caution, elsewhere, moves)
