"""What tests call, asked for by name: of the rest of what their bodies say nothing follows.

So a test may be written anew, and as long as it calls, or does not call, what somebody asked for,
no answer elsewhere changes.
"""

from __future__ import annotations

from turnstay_lint.project.meanings import meant
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.rereading import reread
from turnstay_lint.project.summaries.summarise import summarise


def seek(project: Project, last: str) -> None:
    """Note that it matters from now on which tests call anything whose name ends so."""
    project.beyond.sought.add(last)


@noted_fact
def calls_function(project: Project, path: str, name: str, last: str) -> bool:
    """Tell whether a function of a test calls that of a canonical name, by what ends ``last``."""
    source = reread(project, path)
    if source is None:
        return False
    test = summarise(source, whole=True)
    return any(
        name in meant(project, test, function, called)
        for function in test.functions.values()
        for called in (*function.calls, *function.uses)
        if called.rpartition(".")[2] == last
    )
