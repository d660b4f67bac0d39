"""TSL001: write an import block anew in the order of its plan."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.import_writing import indent_unit, written
from turnstay_lint.findings import Finding
from turnstay_lint.project.organization.import_arrangement import ArrangedImport, Arrangement
from turnstay_lint.rules.organization.import_order import ArrangeImports


def arrange_imports(finding: Finding, edits: Edits) -> None:
    """Write the lines of the block in the order of the plan, sections apart by a blank line."""
    if finding.fix is None or not isinstance(finding.fix.plan, ArrangeImports):
        raise CannotFix("the finding has no plan for a block of imports")
    block = finding.fix.plan.arrangement
    lines = edits.tree.lines
    start, end = lines.offset(block.first_line, 0), lines.offset(block.last_line + 1, 0)
    code = "\n".join(_lines(block, edits))
    ending = (
        "" if end == len(edits.tree.text) and not edits.tree.text.endswith(("\n", "\r")) else "\n"
    )
    edits.replace_text(start, end, code + ending)


def _lines(block: Arrangement, edits: Edits) -> list[str]:
    """Return what is written; a statement over several lines is one string."""
    found: list[str] = []
    line = edits.tree.lines.line
    for section in block.sections:
        if found:
            found.append("")
        found += [line(number).rstrip() for number in section.heading]
        for place, item in enumerate(section.imports):
            # isort and ruff keep a comment off the import above it.
            if item.comments and place:
                found.append("")
            found += [line(number).rstrip() for number in item.comments]
            found.append(_statement(item, edits))
    return found


def _statement(item: ArrangedImport, edits: Edits) -> str:
    tree, span = edits.tree, item.statement
    indent = tree.indent_of(span.line)
    beside = tree.lines.line(span.end_line)[span.end_column :].rstrip()
    if not item.names:
        return indent + tree.text[slice(*tree.lines.offsets(span))] + beside
    code = written(
        item.head,
        item.names,
        indent=indent,
        width=edits.settings.line_length if not beside else len(tree.text),
        unit=indent_unit(tree.text),
        spread=item.spread,
    )
    return indent + code + beside


CODEMOD = Codemod("TSL001", arrange_imports)
