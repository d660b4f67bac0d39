"""TSL306: say how a relationship is loaded, and how its reverse side is."""

from __future__ import annotations

from functools import partial

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.steps import Step, change_in_steps
from turnstay_lint.findings import Finding
from turnstay_lint.frameworks.relationships import Form
from turnstay_lint.rules.database.lazy_relationship import DeclareLoading

SELECTIN = '"selectin"'


def declare_loading(finding: Finding, edits: Edits) -> None:
    """Give the relationship, its backref or both the ``lazy=`` of the plan."""
    call = edits.tree.at(finding.span, cst.Call)
    plan = finding.fix.plan if finding.fix is not None else None
    if call is None or not isinstance(plan, DeclareLoading):
        raise CannotFix("the relationship call is not where it was")
    change_in_steps(edits, call, _steps(plan, call, edits))


def _steps(plan: DeclareLoading, call: cst.Call, edits: Edits) -> list[Step]:
    steps: list[Step] = []
    if plan.reverse:
        steps += _backref_steps(plan, call, edits)
    if plan.form is Form.SQLMODEL:
        keywords = {"lazy": SELECTIN} if plan.forward else {}
        if plan.join_depth:
            keywords["join_depth"] = "1"
        steps += [partial(set_option, name=name, value=value) for name, value in keywords.items()]
        return steps
    if plan.form is Form.DYNAMIC_LOADER:
        steps.append(_relationship_step(call, edits))
    if plan.forward:
        steps.append(partial(set_keyword, name="lazy", value=SELECTIN))
    if plan.join_depth:
        steps.append(partial(set_keyword, name="join_depth", value="1"))
    return steps


def _relationship_step(call: cst.Call, edits: Edits) -> Step:
    """``dynamic_loader(...)`` is ``relationship(..., lazy="dynamic")``."""
    if isinstance(call.func, cst.Attribute):
        return partial(_rename, name=f"{edits.tree.text_of(call.func.value)}.relationship")
    edits.drop_if_unused(edits.tree.text_of(call.func))
    return partial(_rename, name=edits.add_import("sqlalchemy.orm", "relationship"))


def _rename(edits: Edits, call: cst.Call, name: str) -> None:
    edits.replace(call.func, name)


def _backref_steps(plan: DeclareLoading, call: cst.Call, edits: Edits) -> list[Step]:
    """``backref="name"`` becomes a call, which can say how the reverse side loads."""
    options = {"lazy": SELECTIN, **({"join_depth": "1"} if plan.reverse_join_depth else {})}
    given = _backref_value(call)
    if isinstance(given, cst.Call):
        return [partial(set_in_backref, name=n, value=v) for n, v in options.items()]
    name = plan.backref or edits.add_import("sqlalchemy.orm", "backref")
    keywords = ", ".join(f"{option}={value}" for option, value in options.items())
    code = f"{name}({edits.tree.text_of(given)}, {keywords})"
    return [partial(_replace_backref, code=code)]


def set_in_backref(edits: Edits, call: cst.Call, name: str, value: str) -> None:
    """Set an option of the reverse side, in the ``backref(...)`` of a relationship."""
    given = _backref_value(call)
    if isinstance(given, cst.Call):
        set_keyword(edits, given, name, value)


def _replace_backref(edits: Edits, call: cst.Call, code: str) -> None:
    edits.replace(_backref_value(call), code)


def _backref_value(call: cst.Call) -> cst.BaseExpression:
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "backref":
            return argument.value
        if isinstance(argument.value, cst.Dict):
            for element in argument.value.elements:
                if isinstance(element, cst.DictElement) and _text(element.key) == "backref":
                    return element.value
    raise CannotFix("the backref is not written in the call")


def _text(expression: cst.BaseExpression) -> object:
    return expression.evaluated_value if isinstance(expression, cst.SimpleString) else None


def set_option(edits: Edits, call: cst.Call, name: str, value: str) -> None:
    """Set an option in ``sa_relationship_kwargs``, a dict literal or ``dict(...)``."""
    holder = next(
        (a.value for a in call.args if a.keyword and a.keyword.value == "sa_relationship_kwargs"),
        None,
    )
    match holder:
        case None:
            set_keyword(edits, call, "sa_relationship_kwargs", f'{{"{name}": {value}}}')
        case cst.Call():
            set_keyword(edits, holder, name, value)
        case cst.Dict():
            _set_item(edits, holder, name, value)
        case _:
            raise CannotFix("its sa_relationship_kwargs are written elsewhere")


def _set_item(edits: Edits, literal: cst.Dict, name: str, value: str) -> None:
    for element in literal.elements:
        if isinstance(element, cst.DictElement) and _text(element.key) == name:
            edits.replace(element.value, value)
            return
    tree = edits.tree
    if not literal.elements:
        edits.replace(literal, f'{{"{name}": {value}}}')
        return
    last = literal.elements[-1]
    end = tree.lines.offset(*tree.span(last).end)
    line = tree.span(last).line
    spread = tree.span(literal).end_line > tree.span(literal).line
    if spread and isinstance(last.comma, cst.Comma):
        following = tree.lines.offset(tree.span(last).end_line + 1, 0)
        edits.replace_text(following, following, f'{tree.indent_of(line)}"{name}": {value},\n')
    else:
        edits.replace_text(end, end, f', "{name}": {value}')


CODEMOD = Codemod("TSL306", declare_loading)
