"""The options of a check: under which heading each is listed, what it takes, what it does.

``checking`` declares them to click; ``ordinary`` reads them without it.
"""

from __future__ import annotations

from turnstay_lint.engine.configuring.misunderstanding import OUTPUT_FORMATS

FLAG, TEXT, WORDS, CHOICE, COUNT = "flag", "text", "words", "choice", "count"
"""What an option takes: nothing, a text, words apart by commas, one of some, a number from 1."""


class Option:
    """One option, by how it is written; ``name`` is that of its value."""

    def __init__(
        self,
        written: str,
        heading: str,
        takes: str,
        help: str,
        *,
        metavar: str | None = None,
        default: str | None = None,
        environment: str | None = None,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.written = tuple(written.split(", "))
        self.name = self.written[-1].lstrip("-").replace("-", "_")
        self.heading, self.takes, self.help, self.metavar = heading, takes, help, metavar
        self.default, self.environment, self.choices = default, environment, choices


_FIXING = "Fixing"
_CHOOSING = "Which rules"
_LOOKING = "Which files and configuration"
_TELLING = "What is said, and how it ends"

OPTIONS = (
    Option("--fix", _FIXING, FLAG, "Apply safe fixes, and report what is left."),
    Option(
        "--unsafe-fixes",
        _FIXING,
        FLAG,
        "Let --fix and --diff include fixes after which something may differ.",
    ),
    Option("--diff", _FIXING, FLAG, "Show what --fix would change as a patch; write nothing."),
    Option("--interactive", _FIXING, FLAG, "With --fix: show one fix at a time, and ask."),
    Option("--fix-only", _FIXING, FLAG, "As --fix, and findings that are left are no matter."),
    Option("--fixable", _FIXING, WORDS, "Rules to fix instead of the configured."),
    Option("--unfixable", _FIXING, WORDS, "Rules not to fix."),
    Option("--fix-history", _FIXING, FLAG, "Fix migrations too that the main branch has."),
    Option(
        "--show-fixes",
        _FIXING,
        FLAG,
        "Show what each fix changes; with --fix, which were made, skipped or refused.",
    ),
    Option("--select", _CHOOSING, WORDS, "Rules to run instead of the configured."),
    Option("--ignore", _CHOOSING, WORDS, "Rules to leave out."),
    Option("--config", _LOOKING, TEXT, "Take the configuration from this file.", metavar="FILE"),
    Option("--isolated", _LOOKING, FLAG, "Read no configuration."),
    Option(
        "--since",
        _LOOKING,
        TEXT,
        "Leave migrations alone whose files the git revision has.",
        metavar="REV",
        default="",
    ),
    Option("--force-exclude", _LOOKING, FLAG, "Leave out excluded files even if they are named."),
    Option("--stdin-filename", _LOOKING, TEXT, "The path that `-` stands for.", metavar="PATH"),
    Option(
        "--cache-dir",
        _LOOKING,
        TEXT,
        "Keep what is known of files there.  [default: .turnstay_cache of each service]",
        metavar="FOLDER",
        environment="TURNSTAY_CACHE_DIR",
    ),
    Option("--no-cache", _LOOKING, FLAG, "Use nothing that was kept, and keep nothing."),
    Option(
        "--output-format",
        _TELLING,
        CHOICE,
        "How findings are written.  [default: full]",
        choices=OUTPUT_FORMATS,
    ),
    Option("--statistics", _TELLING, FLAG, "Count findings by rule instead of listing them."),
    Option("-q, --quiet", _TELLING, FLAG, "Print findings and errors, nothing else."),
    Option(
        "-v, --verbose",
        _TELLING,
        FLAG,
        "Say which services and configurations are met, and where a rule failed.",
    ),
    Option("--profile", _TELLING, FLAG, "Say on standard error where the time went."),
    Option("--exit-zero", _TELLING, FLAG, "End with 0 where it would be 1; 2 stays 2."),
    Option("--exit-non-zero-on-fix", _TELLING, FLAG, "End with 1 if a file was changed by fixes."),
    Option("--jobs", "", COUNT, "Processes for many files.  [default: cores]"),
)
