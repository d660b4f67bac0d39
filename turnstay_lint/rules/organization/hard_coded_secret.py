"""### What it does

Finds what looks like a secret in the code: keys of cloud providers and payment services, tokens,
private keys, and strings that are given to what is called a password or a secret.

### Why

What is in the repository is known to everybody who ever had a copy of it (handbook, Pull Request
Checklist: no secrets or sensitive data in code). Settings take it from the environment.

### Bad

```python
# app/core/mail.py
from app.settings import settings

HOST = f"mail.{settings.DATABASE_URL}"
PASSWORD = "correct-horse-7-battery"
```

### Good

```python
# app/core/mail.py
from app.settings import settings

HOST = f"mail.{settings.DATABASE_URL}"
PASSWORD = settings.DATABASE_URL
```

### Fix safety

There is no fix: the secret has to be replaced where it is valid, which no program here can do.

### Options

None of its own. The extra `turnstay-lint[secrets]` brings the detectors, which are those of
detect-secrets; its comment `# pragma: allowlist secret` is honoured.

### Known limits

Opt-in: selecting it by its code without the extra is an error that says so, and with `ALL` it is
left out then. Strings that only look random are not reported; of what is called a password, those
with eight letters and digits or more. Tests are free. Comments and docstrings show how something is
used: passwords there are not reported, keys that have a form of their own are. A password of a URL
that is a word for one (`user:password@host`) is none, and a private key is its lines, not its head.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.places import is_test
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode

_ALLOWED = regex(r"pragma:\s*(allow|white)list[ -]secret")
_BY_NAME, _IN_URL, _KEY = "Secret Keyword", "Basic Auth Credentials", "Private Key"
_WORD = regex(
    r"<.*>|\[.*\]|(my|your|the|some)?[-_]?(pass(word|wd|phrase)?|pwd|pw|secret|token|key)s?|\*+|x+",
    re.IGNORECASE,
)
_KEY_LINE = regex(r"[A-Za-z0-9+/]{20,}")
_MIXED = regex(r"(?=.*[A-Za-z])(?=.*\d)\S{8,}")
"""What was typed as a password has letters and digits; names of secrets are words."""
_QUOTED = regex(r"['\"]")
_DETECTORS = (
    ("artifactory", "ArtifactoryDetector"),
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("basic_auth", "BasicAuthDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("jwt", "JwtTokenDetector"),
    ("keyword", "KeywordDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("twilio", "TwilioKeyDetector"),
)
_HARMLESS = (
    "is_potential_uuid",
    "is_sequential_string",
    "is_templated_secret",
    "is_not_alphanumeric_string",
)
_REASON = "it has to be replaced where it is valid, and read from the settings"


def find_hard_coded_secrets(look: Look) -> Iterator[Finding]:
    """Yield the lines that hold what a detector takes for a secret, once each."""
    source = look.source
    if is_test(source.path):
        return
    documented = _documented(source)
    for number in range(1, source.lines.count + 1):
        line = source.lines.line(number)
        if not _QUOTED.search(line) and "PRIVATE KEY" not in line:
            continue
        if _ALLOWED.search(line):
            continue
        for kind, secret in _secrets_in(source.path, line, number):
            if _is_shown(kind, secret, line, number in documented) or _is_bare_head(
                kind, line, source.lines.line(min(number + 1, source.lines.count))
            ):
                continue
            start = max(line.find(secret), 0)
            yield look.finding(
                Span(number, start, number, start + len(secret)),
                f"this looks like a secret: {kind}",
                help="Read it from the settings, and replace it where it is valid",
                unfixable=_REASON,
            )
            break


def _documented(source: SourceFile) -> frozenset[int]:
    """Return the lines of docstrings."""
    lines: set[int] = set()
    for node in source.index.scopes:
        if isinstance(node, ast.Module | ast.ClassDef | FunctionNode) and node.body:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as text):
                    lines.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return frozenset(lines)


def _is_shown(kind: str, secret: str, line: str, documented: bool) -> bool:
    """Tell whether a password only shows where one stands, or how something is used."""
    if kind not in (_BY_NAME, _IN_URL):
        return False
    if kind == _IN_URL and _WORD.fullmatch(secret):
        return True
    start = line.find(secret)
    return documented or "#" in line[: max(start, 0)]


def _is_bare_head(kind: str, line: str, following: str) -> bool:
    """Tell whether the head of a private key has no key behind it."""
    if kind != _KEY:
        return False
    behind = line.partition("PRIVATE KEY")[2].partition("-----")[2]
    return not any(_KEY_LINE.search(text) for text in (behind, following))


def _secrets_in(path: str, line: str, number: int) -> Iterator[tuple[str, str]]:
    for detector in _detectors():
        for found in detector.analyze_line(filename=path, line=line, line_number=number):
            secret = found.secret_value
            if not secret or any(harmless(secret) for harmless in _harmless()):
                continue
            if found.type != _BY_NAME or _MIXED.fullmatch(secret):
                yield found.type, secret


@cache
def _detectors() -> tuple[Any, ...]:
    """Load the detectors when they are first asked; whoever selects the rule has them."""
    return tuple(
        getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
        for module, name in _DETECTORS
    )


@cache
def _harmless() -> tuple[Any, ...]:
    heuristic = import_module("detect_secrets.filters.heuristic")
    return tuple(getattr(heuristic, name) for name in _HARMLESS)


RULE = Rule(
    code="TSL006",
    name="hard-coded-secret",
    severity=Severity.WARNING,
    check=find_hard_coded_secrets,
    default=False,
    in_tests=False,
    needs="detect_secrets",
    extra="secrets",
)
