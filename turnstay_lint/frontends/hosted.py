"""What the front ends inside other linters share: a file that a host hands over, and its verdict.

The host chooses the files and shows the findings; which rules hold for a file, and what else
belongs to its service, is found from the file as everywhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from turnstay_lint.engine.services.discovery import Discovery
from turnstay_lint.engine.services.lint import failure
from turnstay_lint.engine.services.service import Service, Services
from turnstay_lint.findings import Finding
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import UnreadableText


class Hosted(Struct, frozen=True):
    """One run of the host, in which every service is read once."""

    services: Services = field(default_factory=Services)

    def findings(
        self,
        filename: str,
        read: Callable[[Service, Path], SourceFile],
        *,
        noqa: bool = True,
    ) -> list[Finding]:
        """Return the findings of a file that the host names ``filename`` and ``read`` reads.

        A file that the configuration excludes has none, nor has one that cannot be read: the host
        says that itself. A rule that failed is a finding of its own, so that no file looks clean
        that was not looked at. Raises ConfigurationError.
        """
        file = Path(os.path.abspath(filename))  # noqa: PTH100  (links are not followed)
        service = self.services.of(file)
        discovery = Discovery(lambda _: service.configuration)
        if not discovery.files([file], force_exclude=True):
            return []
        try:
            source = read(service, file)
            verdict = service.lint_source(file, source, noqa=noqa)
        except (UnreadableText, UnparsableSource):
            return []
        except RecursionError as error:
            return [unreadable_file(str(file), f"could not be analysed: {error}")]
        return [*verdict.findings, *map(failure, verdict.crashes)]
