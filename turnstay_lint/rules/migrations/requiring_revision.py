"""TSL902's change sets: the NOT NULL moves to a revision of its own, and a backfill before it."""

from __future__ import annotations

import ast
from textwrap import dedent

from msgspec.structs import replace

from turnstay_lint.findings import Elsewhere, Fix, unsafe
from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    Column,
    DropColumn,
    DropTable,
    RenameTable,
)
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.migrations.revisions import Link, chain_of
from turnstay_lint.project.writing.new_revisions import (
    BACKFILL,
    REQUIRE,
    Filled,
    NewRevision,
    identifier,
    path_of,
    style_of,
    title_of,
)
from turnstay_lint.rules.migrations.carrying import carried, with_carried
from turnstay_lint.rules.migrations.filling import CannotTell, filled
from turnstay_lint.rules.migrations.moved_revisions import (
    MovedRevision,
    NoPlace,
    Repoint,
    TakeOut,
    certain_link,
    repointed,
    taken_out,
)
from turnstay_lint.rules.migrations.parted_alteration import Parted, parted
from turnstay_lint.rules.migrations.required_columns import Premature
from turnstay_lint.rules.migrations.revision_bodies import (
    CannotMove,
    Lines,
    body_of,
    code_of,
    holds,
    lines_of,
    uncommented,
)
from turnstay_lint.rules.rule import Look

_COUNTED = "a database that is past {} counts the new revision{} as run"


def requiring_revision(look: Look, revision: Revision, premature: Premature) -> Fix | str:
    """Return the change set for a column that is required too early, or why there is none."""
    if premature.in_sql:
        return "SQL is not rewritten: set NOT NULL in a revision of its own by hand"
    try:
        link = certain_link(look, len(revision.upgrades))
        if premature.since is not None:
            return _backfilled_before(look, link, premature)
        return _moved(look, link, revision, premature)
    except (NoPlace, CannotMove, CannotTell) as reason:
        return str(reason)


def _backfilled_before(look: Look, link: Link, premature: Premature) -> Fix:
    """Write a revision that fills the column between the one that requires it and its parent."""
    assert premature.since is not None
    if len(link.revises) != 1 or link.parents != link.revises:
        raise NoPlace(f"{link.revision} does not follow one revision alone")
    column = Column(premature.column, True, False, type=premature.since.type)
    fill = filled(look, link, premature.table, column)
    above = link.revises[0]
    second = identifier(above, BACKFILL, chain_of(look.project, link))
    return unsafe(
        f"Backfill {fill} in a new revision {second} before {link.revision}",
        Repoint(above, second),
        _confirm(fill) + _COUNTED.format(link.revision, ""),
        (_backfill(look, link, fill, second, above),),
    )


def _backfill(look: Look, link: Link, fill: Filled, name: str, follows: str) -> Elsewhere:
    """Return the new revision that fills a column."""
    style = style_of(look.source, look.project, link)
    title = title_of(BACKFILL, (fill,), follows)
    plan = NewRevision(BACKFILL, name, follows, title, (fill,), style)
    path = path_of(look.source, link, BACKFILL, name, look.settings.file_template)
    return Elsewhere(path, plan, adds=name, created=True)


def _moved(look: Look, link: Link, revision: Revision, premature: Premature) -> Fix:
    moved, blocks = _moving(look, revision, premature)
    call = premature.operation.call
    apart = parted(look, call, _inner(moved).col_offset)
    chain = chain_of(look.project, link)
    new: list[Elsewhere] = []
    follows = link.revision
    fill = None if premature.filled else _fill(look, link, premature)
    if fill is not None and apart is not None and _changes_type(call):
        raise CannotTell("the operation changes the column's type as well")
    style = style_of(look.source, look.project, link)
    if fill is not None:
        follows = identifier(link.revision, BACKFILL, chain)
        new.append(_backfill(look, link, fill, follows, link.revision))
    third = identifier(link.revision, REQUIRE, {*chain, follows})
    stay = [s for s in body_of(look, "upgrade") if s.lineno != moved.lineno]
    code = _code(look, moved)
    if apart is not None:
        code = "\n".join(uncommented(code)).replace(_written(look, call), apart.moves)
    brought = carried(look, "upgrade", stay, [moved] if apart is None else _statements(code))
    up = with_carried(brought, code)
    plan = MovedRevision(
        third,
        follows,
        title_of(REQUIRE, (_as_filled(premature),), link.revision),
        style,
        up,
        _nullable_again(look, premature, up),
        brought.imports,
        brought.module_code,
    )
    path = path_of(look.source, link, REQUIRE, third, look.settings.file_template)
    new.append(Elsewhere(path, plan, adds=third, created=True))
    new += repointed(look, link, third)
    done = f"Set NOT NULL in a new revision {third}"
    if fill is not None:
        done = f"Backfill in a new revision {follows}, and set NOT NULL in a new one {third}"
    return unsafe(
        done,
        taken_out(look, blocks, [brought]) if apart is None else _kept(moved, apart),
        (_confirm(fill) if fill is not None else "")
        + _COUNTED.format(link.revision, "s" * (fill is not None)),
        tuple(new),
    )


def _inner(moved: ast.stmt) -> ast.stmt:
    """Return the statement of an operation, in its batch if it has one."""
    return moved.body[0] if isinstance(moved, ast.With) else moved


def _changes_type(call: ast.expr) -> bool:
    return isinstance(call, ast.Call) and any(k.arg == "type_" for k in call.keywords)


def _written(look: Look, node: ast.AST) -> str:
    start, end = look.source.lines.offsets(look.source.span(node))
    return look.source.text[start:end]


def _statements(code: str) -> list[ast.stmt]:
    return ast.parse(dedent(code)).body


def _kept(moved: ast.stmt, apart: Parted) -> TakeOut:
    """Return the plan for the own file where part of the operation stays."""
    inner = _inner(moved)
    code = f"{' ' * inner.col_offset}{apart.stays}\n"
    return TakeOut((Lines(inner.lineno, inner.end_lineno or inner.lineno, code),))


def _confirm(fill: Filled) -> str:
    return f"rows that are there get a value that a person should confirm ({fill} {fill.value}); "


def _fill(look: Look, link: Link, premature: Premature) -> Filled:
    assert premature.added is not None
    added = premature.added.change
    assert isinstance(added, AddColumn)
    column = replace(added.column, name=premature.column)
    return filled(look, link, premature.table, column)


def _as_filled(premature: Premature) -> Filled:
    name, schema = premature.table.name or "", premature.table.schema or ""
    return Filled(name, schema, premature.column, "", "")


Blocks = list[tuple[list[ast.stmt], list[ast.stmt]]]


def _moving(look: Look, revision: Revision, premature: Premature) -> tuple[ast.stmt, Blocks]:
    """Return what moves, and the block that it leaves; raises CannotMove.

    What leaves a batch with others in it gets a batch of its own.
    """
    operation = premature.operation
    if operation.origin is not None:
        raise CannotMove(
            f"the column is made NOT NULL in `{operation.origin.path}`, "
            "in a function that other revisions may call"
        )
    if operation.callers:
        raise CannotMove("the column is made NOT NULL in a function that others may call")
    if operation.arms:
        raise CannotMove("the column is made NOT NULL on a condition")
    way = revision.upgrades[0]
    after = way[way.index(operation) + 1 :]
    if any(_bears_on(later.change, premature) for later in after):
        raise CannotMove("the revision renames or drops the table or the column afterwards")
    body = body_of(look, "upgrade")
    for statement in body:
        if not holds(statement, operation.call):
            continue
        if isinstance(statement, ast.Expr) and statement.value is operation.call:
            return statement, [(body, [statement])]
        if isinstance(statement, ast.With):
            for inner in statement.body:
                if isinstance(inner, ast.Expr) and inner.value is operation.call:
                    return _out_of(statement, inner, body)
    raise CannotMove("the column is made NOT NULL within a loop or another statement")


def _out_of(batch: ast.With, inner: ast.stmt, body: list[ast.stmt]) -> tuple[ast.stmt, Blocks]:
    if len(batch.body) == 1:
        return batch, [(body, [batch])]
    if len(batch.items) != 1 or batch.lineno == inner.lineno:
        raise CannotMove("its batch begins something else too")
    own = ast.With(items=batch.items, body=[inner])
    return ast.copy_location(own, batch), [(batch.body, [inner])]


def _bears_on(change: object, premature: Premature) -> bool:
    match change:
        case RenameTable(table=table) | DropTable(table=table):
            return table.may_be(premature.table)
        case DropColumn(table=table, name=name):
            return table.may_be(premature.table) and name == premature.column
        case AlterColumn(table=table, name=name, renamed_to=str()):
            return table.may_be(premature.table) and name == premature.column
    return False


def _code(look: Look, moved: ast.stmt) -> str:
    if not isinstance(moved, ast.With):
        return code_of(look, [moved])
    inner = code_of(look, moved.body)
    below = min(lines_of(look, s)[0] for s in _batch_body(look, moved))
    head = [look.source.lines.line(n).rstrip("\r\n") for n in range(moved.lineno, below)]
    comments = code_of(look, [moved]).split("\n")[: moved.lineno - lines_of(look, moved)[0]]
    return "\n".join([*comments, *head, inner])


def _batch_body(look: Look, moved: ast.With) -> list[ast.stmt]:
    """Return all that stands in a batch, of which something moves."""
    for statement in body_of(look, "upgrade"):
        if isinstance(statement, ast.With) and statement.lineno == moved.lineno:
            return statement.body
    return moved.body


def _nullable_again(look: Look, premature: Premature, up: str) -> str:
    """Return the inverse: the same lines with the one literal turned round."""
    call = premature.operation.call
    assert isinstance(call, ast.Call)
    said = next(k for k in call.keywords if k.arg == "nullable")
    start, end = look.source.lines.offsets(look.source.span(said))
    written = look.source.text[start:end]
    if up.count(written) != 1:
        raise CannotMove("what it says of nullability stands there more than once")
    return "\n".join(uncommented(up.replace(written, "nullable=True")))
