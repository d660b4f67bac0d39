"""Another look at the files of a service after some of them were changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.checking.run import Examined, examine
from turnstay_lint.engine.passes.portions import Judged
from turnstay_lint.engine.repairing.work import Work
from turnstay_lint.engine.services.at_hand import beneath
from turnstay_lint.engine.services.history import with_history
from turnstay_lint.engine.services.lint import Verdict, lint
from turnstay_lint.engine.services.roots import Reader, Root, read_source
from turnstay_lint.engine.services.service import Service
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.sites import sites_by_function
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.positions import Span
from turnstay_lint.source.text import UnreadableText


def examined_again(
    changed: Collection[str], wanted: Collection[str], last: Examined, work: Work
) -> Examined:
    """Look again at the files that are ``wanted``, of a service that was looked at as a whole.

    Of what is not ``changed`` it stays known what it says to others; of other services than these
    only what is changed is looked at.
    """
    files = work.present()
    joined = {root for root, project in last.projects.items() if project.modules}
    roots = {work.root_of(file) for file in changed or wanted} & joined
    known = {file: said for file, said in last.surveyed.items() if file not in changed}
    again = [f for f in files if f in changed or (f in wanted and work.root_of(f) in roots)]
    options = replace(
        work.options,
        contents={**work.options.contents, **work.contents()},
        gone=work.gone(),
    )
    newer = examine(again, options, known, "looking again", roots)
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
        return examined_again(changed, last.judged, last, work)
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


def seen_in(
    codes: Mapping[str, frozenset[str]], changed: set[str], last: Examined, work: Work
) -> dict[str, Verdict]:
    """Return what some rules, by file, say of files that are there as they stand now.

    The rest of their services is as it was ``last``, but for what is ``changed``.
    """
    projects: dict[Root, Project] = {}
    found: dict[str, Verdict] = {}
    for file, own in codes.items():
        source = _source(file, work)
        if source is None:
            continue
        service = work.service(file)
        if service.root not in projects:
            projects[service.root] = _project_now(service, changed, last, work)
        settings = service.configuration.settings
        rules = [rule for rule in service.rules_for(file) if rule.code in own]
        verdict = lint(source, projects[service.root], settings, rules)
        found[file] = with_history(verdict, file, settings)
    for project in projects.values():
        project.let_go(beneath)
    return found


def _project_now(service: Service, changed: set[str], last: Examined, work: Work) -> Project:
    """Return a service with its files as they stand, where those that are ``changed`` differ."""
    root, settings = service.root, service.configuration.settings
    before = last.projects.get(root) or Project((), settings)
    own = {root.path_of(file): file for file in changed if work.root_of(file) == root}
    summaries = [one for one in before.modules.values() if one.path not in own]
    there = (work.mendings[file] for file in own.values() if work.mendings[file].exists)
    summaries += [summarise(mending.source()) for mending in there]
    summaries.sort(key=lambda summary: summary.path)
    read = Reader(root, {**work.options.contents, **work.contents()})
    return Project(summaries, settings, before.beyond, read)


def _source(file: str, work: Work) -> SourceFile | None:
    """Return a file as it stands now, None where it is not there or cannot be read."""
    if file in work.mendings:
        return work.mendings[file].source() if work.mendings[file].exists else None
    given = work.options.contents
    try:
        content = given[file] if file in given else content_of(file)
        return read_source(work.root_of(file), file, content)
    except (OSError, UnreadableText, UnparsableSource):
        return None


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
