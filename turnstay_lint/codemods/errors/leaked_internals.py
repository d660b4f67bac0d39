"""TSL602: tell the client nothing of an exception, and the log all of it."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import drop_unused_names, node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.errors.leaked_internals import SayNothing
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span

_LOGGER = "logger = logging.getLogger(__name__)"


def say_nothing(finding: Finding, edits: Edits) -> None:
    """Replace what leaks, and log the exception before the statement that answers."""
    node_at(edits.tree, finding.span, ast.Call)
    if finding.fix is None or not isinstance(finding.fix.plan, SayNothing):
        raise CannotFix("the answer is not where it was")
    plan = finding.fix.plan
    spans = [_with_parentheses(edits, span) for span in plan.parts]
    drop_unused_names(edits, [node_at(edits.tree, span, ast.expr) for span in plan.parts])
    replace_parts(edits, [Replacement(span, plan.text) for span in spans])
    if plan.log:
        _insert_log(edits, plan.before, plan.log)
    if plan.makes_logger:
        _make_logger(edits)


def _insert_log(edits: Edits, before: Span, log: str) -> None:
    lines = edits.tree.lines
    indent = edits.tree.indent_of(before.line)
    if lines.line(before.line)[: before.column] != indent:
        raise CannotFix("its line holds another statement too")
    start = lines.offset(before.line, 0)
    edits.replace_text(start, start, f"{indent}{log}\n")


def _make_logger(edits: Edits) -> None:
    """Make the module's logger below its first imports, as the handbook has it."""
    edits.add_import("logging")
    last = None
    for statement in edits.tree.source.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            last = statement
        elif last is not None or not _is_docstring(statement):
            break
    if last is None:
        raise CannotFix("there are no imports below which the module could have its logger")
    start = edits.tree.lines.offset((last.end_lineno or last.lineno) + 1, 0)
    edits.replace_text(start, start, f"\n{_LOGGER}\n")


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _with_parentheses(edits: Edits, span: Span) -> Span:
    """Return a span with the parentheses around it that are no call's."""
    text, lines = edits.tree.text, edits.tree.lines
    start, end = lines.offsets(span)
    while True:
        before, after = text[:start].rstrip(), text[end:]
        behind = len(after) - len(after.lstrip())
        if not before.endswith("(") or after[behind : behind + 1] != ")":
            return Span(*lines.position(start), *lines.position(end))
        caller = before[:-1].rstrip()[-1:]
        if caller.isalnum() or caller in ("_", ")", "]"):
            return Span(*lines.position(start), *lines.position(end))
        start, end = len(before) - 1, end + behind + 1


CODEMOD = Codemod("TSL602", say_nothing)
