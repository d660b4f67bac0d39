"""### What it does

Finds revisions that Alembic cannot bring into one order: a parent that no file is, an identifier
that two files have, revisions that follow each other in a circle, and several heads. Each Alembic
environment of a repository has an order of its own, and so have folders of revisions that know
nothing of each other.

### Why

`alembic upgrade head` stops before the first statement, on every database, and with it the
deployment (handbook 9, Creating Migrations, "Apply migration"). Two heads are what is left when two
branches of the repository were merged, each with a revision.

### Bad

```python
# alembic/versions/0002_add_account_status.py
from alembic import op

revision = "0002"
down_revision = "0002"


def upgrade():
    op.execute("UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL")
```

### Good

```python
# alembic/versions/0002_add_account_status.py
from alembic import op

revision = "0002"
down_revision = None


def upgrade():
    op.execute("UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL")
```

### Fix safety

There is no fix: which of two revisions comes first, and what a missing one did, only their authors
know. `alembic merge heads` writes the revision that joins two heads whose order is no matter.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history; one that no
revision is, is found. `--since REV` leaves those alone whose files the git revision has.

### Known limits

Heads that differ by a branch label are meant: `alembic upgrade heads` takes them. Nothing is said
of parents and heads where a file of the chain says with something else than literals what it is or
revises. A file that is excluded, or whose syntax cannot be read, counts as missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Related, Severity
from turnstay_lint.project.migrations.revision_graph import Chain, Link, chains, graph_of, link_of
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.project.project import Project
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.positions import Span

_AUTHORS = "only its author knows which revision it should follow"


def find_broken_revision_chains(look: Look) -> Iterator[Finding]:
    """Yield what keeps a revision out of the order of its chain."""
    module = look.project.module(look.source.scope.module)
    link = link_of(module) if module is not None and module.path == look.source.path else None
    if link is None:
        return
    chain = graph_of(look.project, link)
    link = chain.as_linked(link)
    yield from _unknown_start(look, chain, link)
    if is_history(look.project, look.source, look.settings.start_after):
        return
    yield from _repeated(look, chain, link)
    yield from _circular(look, chain, link)
    if not chain.unreadable:
        yield from _orphaned(look, chain, link)
        yield from _second_head(look, chain, link)


def _repeated(look: Look, chain: Chain, link: Link) -> Iterator[Finding]:
    if link not in chain.repeated:
        return
    first = chain.links[link.revision]
    yield look.finding(
        _said(look, "revision"),
        f"revision {link.revision} is `{first.path}` too",
        help="Give one of them another identifier, and let what follows it follow that",
        related=_at(look.project, first, "revision", "this one has the identifier as well"),
        unfixable="only its author knows which of the two the others follow",
    )


def _circular(look: Look, chain: Chain, link: Link) -> Iterator[Finding]:
    """One finding for each circle: at the revision whose file comes first."""
    way = chain.cycle(link)
    members = [chain.links[name] for name in way if name in chain.links]
    if not way or link.path != min(member.path for member in members):
        return
    yield look.finding(
        _said(look, "down_revision"),
        f"revisions follow each other in a circle: {' after '.join([*way, way[0]])}",
        help="Let the first of them follow what was there before it",
        unfixable=_AUTHORS,
    )


def _orphaned(look: Look, chain: Chain, link: Link) -> Iterator[Finding]:
    for parent in dict.fromkeys(chain.missing(link)):
        follows = parent in link.revises
        yield look.finding(
            _said(look, "down_revision" if follows else "depends_on", parent),
            f"revision {link.revision} {'follows' if follows else 'depends on'} {parent}, "
            "which no revision of the chain is",
            help="Bring the missing revision back, or follow the one that took its place",
            unfixable=_AUTHORS,
        )


def _second_head(look: Look, chain: Chain, link: Link) -> Iterator[Finding]:
    """All heads but the one with the longest way behind it are too many."""
    heads = chain.heads
    if link not in heads or len(heads) < 2 or chain.repeated or chain.has_gaps:
        return
    trunk = max(heads, key=lambda head: len(chain.ancestors(head)))
    others = [head for head in heads if head is not link]
    if link is trunk or chain.branch(link, others) or chain.branch(trunk, [link]):
        return
    shared = chain.ancestors(link) & chain.ancestors(trunk)
    parted = next((parent for parent in link.revises if parent in shared), "")
    both = f", which both follow {parted}" if parted and parted in trunk.revises else ""
    yield look.finding(
        _said(look, "down_revision"),
        f"revision {link.revision} is a second head beside {trunk.revision}{both}",
        help="Let one follow the other, or join them with a revision (`alembic merge heads`)",
        related=_at(look.project, trunk, "down_revision", "the other head"),
        unfixable="only their authors know which of the two comes first",
    )


def _unknown_start(look: Look, chain: Chain, link: Link) -> Iterator[Finding]:
    """Said once: at the first revision of the first chain."""
    start = look.settings.start_after
    known = chains(look.project)
    if not start or any(start in one.links for one in known.values()):
        return
    bases = [one for each in known.values() for one in each.links.values() if not one.revises]
    if bases and link.path == min(base.path for base in bases):
        yield look.finding(
            _said(look, "revision"),
            f"`start-after` is {start}, which no revision is",
            help="Name the last revision that is history; until then none is checked",
            unfixable="only its author knows which revision was meant",
        )


def _said(look: Look, variable: str, value: str = "") -> ast.expr | Span:
    """Return what the module gives a variable, or the string in it."""
    found: list[ast.expr] = []
    for statement in statements_of(look.source.tree.body):
        match statement:
            case ast.Assign(targets=targets, value=given):
                if any(isinstance(one, ast.Name) and one.id == variable for one in targets):
                    found.append(given)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as given):
                if name == variable:
                    found.append(given)
    for said in found:
        for node in ast.walk(said):
            if value and isinstance(node, ast.Constant) and node.value == value:
                return node
    return found[-1] if found else Span(1, 0, 1, 0)


def _at(project: Project, link: Link, variable: str, message: str) -> tuple[Related, ...]:
    module = project.module(link.module)
    said = module.variables.get(variable) if module is not None else None
    return (Related(link.path, said.span, message),) if said is not None else ()


RULE = Rule(
    code="TSL906",
    name="broken-revision-chain",
    severity=Severity.ERROR,
    check=find_broken_revision_chains,
    triggers=("down_revision",),
    uses_project=True,
)
