"""TSL903's change sets: a revision parted where changes of rows and of the schema meet."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.findings import Elsewhere, Fix, unsafe
from turnstay_lint.frameworks.alembic.changes import CallElsewhere, ChangeRows, Rows
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.migrations.revisions import Link, chain_of
from turnstay_lint.project.writing.new_revisions import (
    BACKFILL,
    FINISH,
    REQUIRE,
    Filled,
    identifier,
    path_of,
    style_of,
    title_of,
)
from turnstay_lint.rules.migrations.carrying import Carried, carried, with_carried
from turnstay_lint.rules.migrations.mixed_changes import Mixed
from turnstay_lint.rules.migrations.moved_revisions import (
    MovedRevision,
    NoPlace,
    certain_link,
    repointed,
    taken_out,
)
from turnstay_lint.rules.migrations.revision_bodies import (
    CannotMove,
    body_of,
    code_of,
    holds,
    is_docstring,
    uncommented,
)
from turnstay_lint.rules.migrations.runs import Kind, Run, operations_in, run_of, runs_of
from turnstay_lint.rules.rule import Look

_MOST_RUNS = 3


class _Way(Struct, frozen=True):
    """The statements of the downgrade, and which of them undo which run."""

    body: tuple[ast.stmt, ...]
    of_runs: dict[int, list[ast.stmt]]

    @property
    def moved(self) -> list[ast.stmt]:
        """Return what leaves the downgrade, in the order of the file."""
        gone = [s for number, own in self.of_runs.items() if number for s in own]
        return sorted(gone, key=lambda statement: statement.lineno)


def split_revision(look: Look, revision: Revision, mixed: Mixed) -> Fix | str:
    """Return the change set that parts a revision, or why there is none."""
    try:
        link = certain_link(look, len(revision.upgrades))
        if len(revision.downgrades) > 1:
            raise CannotMove("it has several ways down")
        body = body_of(look, "upgrade")
        runs = runs_of(body, revision.upgrades[0], mixed)
        if not 2 <= len(runs) <= _MOST_RUNS:
            raise CannotMove("changes of rows and of the schema alternate too often to part them")
        down = _downgrade(look, revision, runs)
        return _change_set(look, link, body, runs, down)
    except (NoPlace, CannotMove) as reason:
        return str(reason)


def _downgrade(look: Look, revision: Revision, runs: Sequence[Run]) -> _Way:
    """Part the downgrade as the upgrade is parted; raises CannotMove."""
    if not revision.downgrades:
        return _Way((), {})
    body, way = body_of(look, "downgrade"), revision.downgrades[0]
    found: dict[int, list[ast.stmt]] = {}
    order: list[int] = []
    for statement in body:
        own = [o for o in operations_in(statement, way) if not isinstance(o.change, CallElsewhere)]
        numbers = {run_of(o, runs) for o in own}
        if len(numbers) > 1:
            raise CannotMove("one statement of the downgrade undoes several of its steps")
        for number in numbers:
            found.setdefault(number, []).append(statement)
            order.append(number)
    changes_rows = any(isinstance(o.change, ChangeRows) for o in way)
    if changes_rows and order != sorted(order, reverse=True):
        raise CannotMove("the downgrade undoes its steps in another order")
    return _Way(tuple(body), found)


def _change_set(
    look: Look, link: Link, body: list[ast.stmt], runs: Sequence[Run], down: _Way
) -> Fix:
    taken = set(chain_of(look.project, link))
    new: list[Elsewhere] = []
    bringing: list[Carried] = []
    follows = link.revision
    for number, run in enumerate(runs[1:], 1):
        kind = _kind(run)
        name = identifier(link.revision, kind, taken)
        taken.add(name)
        brought = carried(look, "upgrade", body, run.statements)
        back, returning = _undone(look, run, down, number)
        plan = _new(look, link, run, (brought, returning))
        plan = replace(plan, revision=name, revises=follows, down=back)
        path = path_of(look.source, link, kind, name, look.settings.file_template)
        new.append(Elsewhere(path, plan, name, created=True))
        bringing += [brought, returning]
        follows = name
    gone = _gone(body, [s for run in runs[1:] for s in run.statements])
    blocks = [(body, gone), (list(down.body), down.moved)]
    several = "s" * (len(runs) > 2)
    named = " and ".join(part.adds for part in new)
    return unsafe(
        f"Move what follows the first {_words(runs[0])} to new revision{several} {named}",
        taken_out(look, blocks, bringing),
        f"a database that is past {link.revision} counts the new revision{several} as run",
        (*new, *repointed(look, link, follows)),
    )


def _new(look: Look, link: Link, run: Run, bringing: tuple[Carried, Carried]) -> MovedRevision:
    """Return the revision that gets a run, with what both its ways bring along."""
    up, down = bringing
    if up.module_code and down.module_code not in ("", up.module_code):
        raise CannotMove("both its ways use definitions of the module")
    return MovedRevision(
        revision="",
        revises="",
        title=_title(_kind(run), run, link),
        style=style_of(look.source, look.project, link),
        up=with_carried(up, code_of(look, run.statements)),
        down="",
        imports=tuple(dict.fromkeys((*up.imports, *down.imports))),
        module_code=up.module_code or down.module_code,
    )


def _words(run: Run) -> str:
    return "changes of rows" if run.kind is Kind.DATA else "changes of the schema"


def _kind(run: Run) -> str:
    if run.kind is Kind.DATA:
        return BACKFILL
    return REQUIRE if run.requires else FINISH


def _title(kind: str, run: Run, link: Link) -> str:
    columns: list[Filled] = []
    for change in (o.change for o in run.operations):
        if isinstance(change, ChangeRows) and change.how is Rows.UPDATE and change.table.name:
            table, schema = change.table.name, change.table.schema or ""
            columns += [Filled(table, schema, name, "", "") for name in change.columns]
    for altered in run.requires:
        table, schema = altered.table.name or "", altered.table.schema or ""
        columns.append(Filled(table, schema, altered.name or "", "", ""))
    if kind == FINISH or not columns:
        return title_of(kind, (), link.revision)
    return title_of(kind, tuple(dict.fromkeys(columns)), link.revision)


def _gone(body: Sequence[ast.stmt], moved: list[ast.stmt]) -> list[ast.stmt]:
    """Return what leaves the upgrade: what moves, and variables that nothing then reads."""
    left = [s for s in body if not any(s is one for one in moved)]
    read = {
        node.id
        for statement in left
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    unread = [
        s
        for s in left
        if isinstance(s, ast.Assign)
        and all(isinstance(t, ast.Name) and t.id not in read for t in s.targets)
    ]
    return sorted((*moved, *unread), key=lambda statement: statement.lineno)


def _undone(look: Look, run: Run, down: _Way, number: int) -> tuple[str, Carried]:
    """Return how a new revision is undone, and what that brings along; raises CannotMove."""
    own = down.of_runs.get(number, [])
    if own:
        brought = carried(look, "downgrade", list(down.body), own)
        return with_carried(brought, code_of(look, own)), brought
    if run.kind is Kind.DATA:
        return "", Carried()
    if run.requires:
        return _released(look, run), carried(look, "upgrade", list(run.statements), run.statements)
    decided = [s for s in down.body if isinstance(s, ast.Raise)]
    if down.body and not down.of_runs and decided:
        return code_of(look, decided), carried(look, "downgrade", list(down.body), decided)
    raise CannotMove("its downgrade does not undo all that would move")


def _released(look: Look, run: Run) -> str:
    """Return the statements of a run with ``nullable=False`` turned round."""
    code = code_of(look, [s for s in run.statements if not is_docstring(s)])
    for operation in run.operations:
        _hold_to_literal(operation, run)
    return "\n".join(uncommented(code.replace("nullable=False", "nullable=True")))


def _hold_to_literal(operation: Operation, run: Run) -> None:
    call = operation.call
    own = operation.origin is None
    keywords = call.keywords if isinstance(call, ast.Call) and own else []
    plain = any(
        k.arg == "nullable" and isinstance(k.value, ast.Constant) and k.value.value is False
        for k in keywords
    )
    others = {k.arg for k in keywords} & {"server_default", "type_", "new_column_name", None}
    within = any(holds(statement, call) for statement in run.statements)
    if not plain or others or not within:
        raise CannotMove("its downgrade does not undo all that would move")
