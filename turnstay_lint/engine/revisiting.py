"""Another look at the files of a service after some of them were changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.history import with_history
from turnstay_lint.engine.lint import Verdict, lint
from turnstay_lint.engine.run import Examined, examine
from turnstay_lint.engine.survey import Judged
from turnstay_lint.engine.work import Work
from turnstay_lint.project.project import Project
from turnstay_lint.project.sites import sites_by_function
from turnstay_lint.project.summarise import summarise
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span


def examined_again(changed: set[str], last: Examined, work: Work) -> Examined:
    """Look again at what changed, and at all of a service that was looked at as a whole."""
    files = work.present()
    joined = {root for root, project in last.projects.items() if project.modules}
    roots = {work.root_of(file) for file in changed} & joined
    again = [file for file in files if file in changed or work.root_of(file) in roots]
    known = {file: said for file, said in last.surveyed.items() if file not in changed}
    options = replace(
        work.options,
        contents={**work.options.contents, **work.contents()},
        gone=work.gone(),
    )
    newer = examine(again, options, known, "looking again")
    judged = {**last.judged, **newer.judged}
    return replace(
        last,
        judged={file: judged[file] for file in files},
        roots={**last.roots, **newer.roots},
        projects={**last.projects, **newer.projects},
        surveyed={**known, **newer.surveyed},
    )


def seen_after_one_fix(changed: set[str], last: Examined, work: Work) -> Examined:
    """Look again at what one fix changed, and at the rest of the service where that can tell.

    It cannot where the files say to others what they said before.
    """
    before, now = work.rounds.before, {file: work.mendings[file] for file in changed}
    if not all(
        before[file].exists
        and mending.exists
        and says_the_same(before[file].source(), mending.source())
        for file, mending in now.items()
    ):
        return examined_again(changed, last, work)
    judged, projects = {**last.judged}, {**last.projects}
    for file, mending in now.items():
        service, source = work.service(file), mending.source()
        settings = service.configuration.settings
        whole = projects.get(service.root, Project((), settings))
        project = whole.with_source(source)
        if whole.modules:
            projects[service.root] = project
        verdict = lint(source, project, settings, service.rules_for(file))
        verdict = with_history(verdict, file, settings)
        judged[file] = replace(judged.get(file, Judged(Verdict(()))), verdict=verdict)
    # The next look at the whole service reads these files anew.
    surveyed = {file: said for file, said in last.surveyed.items() if file not in changed}
    return replace(last, judged=judged, projects=projects, surveyed=surveyed)


def says_the_same(one: SourceFile, other: SourceFile) -> bool:
    """Tell whether a file says to others what another version of it said, wherever in it."""
    return _said(one) == _said(other)


def _said(source: SourceFile) -> object:
    return _without_places((summarise(source, whole=True), sites_by_function(source)))


def _without_places(said: object) -> object:
    """Leave out where something stands, which is only shown."""
    if isinstance(said, Span):
        return None
    if isinstance(said, Struct):
        fields = (getattr(said, name) for name in said.__struct_fields__)
        return type(said), *map(_without_places, fields)
    if isinstance(said, Mapping):
        return {key: _without_places(value) for key, value in said.items()}
    if isinstance(said, (frozenset, set)):
        return Counter(map(_without_places, said))
    if isinstance(said, (tuple, list)):
        return tuple(map(_without_places, said))
    return said
