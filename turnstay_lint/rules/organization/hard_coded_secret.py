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
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.summaries.places import is_test
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


class Suspicion(Struct, frozen=True):
    """A detector, and what any line looks like in which it finds something.

    To ask detectors of every line takes longer than all other rules, and to load them as long as
    to read two hundred files. So a text is first searched for the ``shape``, if one of the
    ``words`` is in it at all, in any case of letters.
    """

    module: str
    detector: str
    shape: re.Pattern[str]
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, module: str, detector: str, shape: str, *words: str) -> Suspicion:
        """Take a shape that lies in one line as a pattern."""
        return cls(module, detector, regex(shape), words)

    def has_word_in(self, folded: str) -> bool:
        """Tell whether one of the words is in a text without capitals."""
        return not self.words or any(map(folded.__contains__, self.words))


SUSPICIONS = (
    Suspicion.of("artifactory", "ArtifactoryDetector", r"A(?:KC|P[\dA-F])\w{8}"),
    Suspicion.of("aws", "AWSKeyDetector", r"A(?:3T.|BIA|CCA|KIA|SIA)[0-9A-Z]{16}"),
    Suspicion.of("aws", "AWSKeyDetector", r"(?i:['\"][0-9a-z/+]{40}['\"])", "aws"),
    Suspicion.of("azure_storage_key", "AzureStorageKeyDetector", "AccountKey="),
    Suspicion.of("basic_auth", "BasicAuthDetector", r"://[^\s:/@]+:[^\s:/@]+@"),
    Suspicion.of("github_token", "GitHubTokenDetector", r"gh[opsur]_\w{36}"),
    Suspicion.of("jwt", "JwtTokenDetector", r"eyJ[\w=-]+\.[\w=-]"),
    Suspicion.of(
        "keyword",
        "KeywordDetector",
        r"['\"`](?=[^\s'\"]{8})[^\s'\"\d]*\d[^\s'\"]*['\"`]",
        *("contrase", "key", "pass", "pwd", "secret"),
    ),
    Suspicion.of("mailchimp", "MailchimpDetector", r"[0-9a-z]{32}-us\d", "-us"),
    Suspicion.of("npm", "NpmDetector", "/:_authToken="),
    Suspicion.of("private_key", "PrivateKeyDetector", "PRIVATE KEY"),
    Suspicion.of("private_key", "PrivateKeyDetector", "PuTTY-User-Key-File-2"),
    Suspicion.of("sendgrid", "SendGridDetector", r"SG\.[\w-]{22}\."),
    Suspicion.of("slack", "SlackDetector", r"(?i:xox[abopsr]-\d)", "xox"),
    Suspicion.of("slack", "SlackDetector", r"(?i:hooks\.slack\.com)", "hooks.slack.com"),
    Suspicion.of("square_oauth", "SquareOAuthDetector", "sq0csp-"),
    Suspicion.of("stripe", "StripeDetector", r"k_live_\w{24}"),
    Suspicion.of("twilio", "TwilioKeyDetector", r"AC[a-z0-9]{32}"),
    Suspicion.of("twilio", "TwilioKeyDetector", r"SK[a-z0-9]{32}"),
)
"""In the order in which the detectors are asked."""
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
    suspected = suspected_lines(source) if not is_test(source.path) else {}
    if not suspected:
        return
    documented = _documented(source)
    for number, suspicions in sorted(suspected.items()):
        line = source.lines.line(number)
        if _ALLOWED.search(line):
            continue
        for kind, secret in _secrets_in(source.path, line, number, suspicions):
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


def suspected_lines(source: SourceFile) -> dict[int, list[Suspicion]]:
    """Return the lines that detectors are to be asked of, by number, each with which."""
    text = source.text
    folded = text.casefold()
    found: dict[int, list[Suspicion]] = {}
    for suspicion in SUSPICIONS:
        shape = suspicion.shape
        if not suspicion.has_word_in(folded) or not shape.search(text):
            continue
        for number in dict.fromkeys(
            source.lines.position(match.start())[0] for match in shape.finditer(text)
        ):
            line = source.lines.line(number)
            if suspicion.has_word_in(line.casefold()) and _may_hold_one(line):
                found.setdefault(number, []).append(suspicion)
    return found


def _may_hold_one(line: str) -> bool:
    return "'" in line or '"' in line or "PRIVATE KEY" in line


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


def _secrets_in(
    path: str, line: str, number: int, suspicions: Iterable[Suspicion]
) -> Iterator[tuple[str, str]]:
    asked = dict.fromkeys((suspicion.module, suspicion.detector) for suspicion in suspicions)
    for module, name in asked:
        detector = _detector(module, name)
        for found in detector.analyze_line(filename=path, line=line, line_number=number):
            secret = found.secret_value
            if not secret or any(harmless(secret) for harmless in _harmless()):
                continue
            if found.type != _BY_NAME or _MIXED.fullmatch(secret):
                yield found.type, secret


@cache
def _detector(module: str, name: str) -> Any:
    """Load a detector when it is first asked; whoever selects the rule has them."""
    return getattr(import_module(f"detect_secrets.plugins.{module}"), name)()


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
