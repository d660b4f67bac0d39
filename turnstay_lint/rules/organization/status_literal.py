"""### What it does

Finds strings that are compared with, or assigned to, a status while `app/constants.py` has a
constant of that value.

### Why

A status that is misspelt in one place matches nothing, and nobody notices; one that is renamed is
renamed in one place (handbook 10, Code Organization Rules: Constants Usage).

### Bad

```python
# app/api/utils/account_utils.py
from app.models import Account


def is_active(account: Account, status: str) -> bool:
    return status == "ACTIVE" and account.id > 0
```

### Good

```python
# app/api/utils/account_utils.py
from app import constants
from app.models import Account


def is_active(account: Account, status: str) -> bool:
    return status == constants.ACCOUNT_ACTIVE_STATUS and account.id > 0
```

### Fix safety

Safe: the constant has the same value. There is no fix where several constants have it, and where
the constants cannot be imported.

### Options

None.

### Known limits

A status is a name or an attribute that is called `status` or ends so, its `.name` and its `.value`;
a constant is a string whose name has the word STATUS, in the nearest module `constants` above. Keys
of a dict are free, which may be somebody else's format, and so are `status_code`, tests and
migrations. Members of an enumeration are not looked at. What a subscript or `.get("status")` gives
is no status that is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, safe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.organization.status_constants import StatusConstants, status_constants
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.writing.spelling import Spelling, Unspellable, spell
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.holding import holders, scope_around
from turnstay_lint.source.occurrences import occurrences
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_STATUS = regex(r"(^|_)status$")
_QUOTES = ("'", '"')
_DEFAULTS = frozenset({"default", "server_default"})
_AMONG = frozenset({"in_", "not_in", "notin_"})


class UseConstant(Struct, frozen=True):
    """The constant that stands for the literal."""

    constant: Spelling


def find_status_literals(look: Look) -> Iterator[Finding]:
    """Yield the strings for which there is a constant."""
    source = look.source
    known = status_constants(look.project, source.module.removesuffix(".__init__"))
    if known is None or known.module.path == source.path or is_test(source.path):
        return
    if source.words.isdisjoint(known.words) or is_revision(source):
        return
    offsets = occurrences(source, known.words)
    parents = holders(source, offsets)
    for node in parents:
        for literal in _literals(node):
            value = literal.value
            constants = known.by_value.get(value) if isinstance(value, str) else None
            if constants:
                scope = scope_around(source, parents, literal)
                fix, reason = _fix(look, literal, constants, known, scope)
                if fix is not None and _is_caught(parents, literal, fix):
                    fix, reason = None, "a name without a module catches anything in a pattern"
                yield _finding(look, literal, constants, scope, fix, reason)


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings that a node compares with a status, or assigns to one."""
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            for one, other in pairwise(sides):
                if _is_status(one):
                    yield from _strings(other)
                elif _is_status(other):
                    yield from _strings(one)
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[given]) if name in _AMONG:
            if _is_status(owner):
                yield from _strings(given)
        case ast.keyword(arg=str(name), value=value) if _STATUS.search(name):
            yield from _strings(value)
        case ast.Assign(targets=targets, value=value) if any(map(_is_status, targets)):
            yield from _given(value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_status(target):
            yield from _given(value)
        case ast.arguments():
            yield from _defaults(node)
        case ast.Match(subject=subject, cases=cases) if _is_status(subject):
            for case in cases:
                yield from _patterns(case.pattern)


def _is_status(expression: ast.expr) -> bool:
    match expression:
        case ast.Name(id=name):
            return _STATUS.search(name) is not None
        case ast.Attribute(value=owner, attr="name" | "value"):
            return isinstance(owner, ast.Attribute) and _is_status(owner)
        case ast.Attribute(attr=name):
            return _STATUS.search(name) is not None
    return False


def _strings(expression: ast.expr) -> Iterator[ast.Constant]:
    match expression:
        case ast.Constant(value=str()):
            yield expression
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            for element in elements:
                yield from _strings(element)
        case ast.IfExp(body=one, orelse=other):
            yield from _strings(one)
            yield from _strings(other)


def _given(value: ast.expr) -> Iterator[ast.Constant]:
    """Of a column, what its rows get by default is given."""
    yield from _strings(value)
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg in _DEFAULTS:
                yield from _strings(keyword.value)


def _defaults(arguments: ast.arguments) -> Iterator[ast.Constant]:
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = zip(reversed(plain), reversed(arguments.defaults), strict=False)
    for parameter, default in (*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults)):
        if default is not None and _STATUS.search(parameter.arg):
            yield from _strings(default)


def _patterns(pattern: ast.pattern) -> Iterator[ast.Constant]:
    for part in ast.walk(pattern):
        if isinstance(part, ast.MatchValue):
            yield from _strings(part.value)


def _finding(
    look: Look,
    literal: ast.Constant,
    constants: tuple[Symbol, ...],
    scope: Scope,
    fix: Fix | None,
    reason: str,
) -> Finding:
    names = " and ".join(symbol.qualname for symbol in constants)
    related = tuple(
        Related(s.module.path, s.definition.span, f"{s.qualname} is {literal.value!r}")
        for s in constants
        if isinstance(s.definition, VariableSummary)
    )
    return look.finding(
        literal,
        f"the status {literal.value!r} is written out: there is {names}",
        scope=scope,
        help="Use the constant",
        related=related,
        fix=fix,
        unfixable=reason,
    )


def _fix(
    look: Look,
    literal: ast.Constant,
    constants: tuple[Symbol, ...],
    known: StatusConstants,
    scope: Scope,
) -> tuple[Fix | None, str]:
    if len(constants) > 1:
        return None, "several constants have this value: " + ", ".join(
            symbol.qualname for symbol in constants
        )
    [constant] = constants
    try:
        spelling = spell(look.project, look.source, constant, literal, scope)
    except Unspellable as error:
        return None, str(error)
    if spelling.module:
        spelling = _of_module(look, known, constant, scope) or spelling
    return safe(f"Use {constant.qualname}", UseConstant(spelling)), ""


def _is_caught(parents: dict[ast.AST, ast.AST], literal: ast.Constant, fix: Fix) -> bool:
    """``case ACTIVE:`` binds a name, ``case constants.ACTIVE:`` compares."""
    plan = fix.plan
    in_pattern = isinstance(parents.get(literal), ast.MatchValue)
    return in_pattern and isinstance(plan, UseConstant) and "." not in plan.constant.text


def _of_module(
    look: Look, known: StatusConstants, constant: Symbol, scope: Scope
) -> Spelling | None:
    """``from app import constants``, as the handbook has it, where that name is free."""
    dotted = importable_name(look.project, known.module.name)
    package, _, name = dotted.rpartition(".")
    if not package or scope.lookup(name) is not None:
        return None
    return Spelling(f"{name}.{constant.qualname}", package, name)


RULE = Rule(
    code="TSL003",
    name="status-literal",
    severity=Severity.WARNING,
    check=find_status_literals,
    triggers=(
        "status", "account_status", "booking_status", "company_status", "current_status",
        "invoice_status", "new_status", "order_status", "payment_status", "refund_status",
        "subscription_status", "transaction_status", "user_status",
    ),
    uses_project=True,
    in_tests=False,
)  # fmt: skip
