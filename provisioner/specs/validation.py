"""Every spec of a project, judged part by part: a fleet takes no more memory than what rules compare of it.

Parts are judged side by side by several processes where that pays. What is found does not depend on how many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from provisioner.foundation.clock import Clock
from provisioner.foundation.processes import in_order, jobs_of
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.specs.documents.environment import Environment
from provisioner.specs.files import Drafts
from provisioner.specs.loading import Loading
from provisioner.specs.rules.judgement import Compared, Known, compare, compared, judge_applications
from provisioner.specs.workspace import Workspace

PART = 500
"""Applications that are held at once; enough that handing them to another process costs little."""


class Validation(NamedTuple):
    """SDKAppIds of each environment without an error, by name, and the findings of all files, sorted."""

    applications: Mapping[str, frozenset[int]]
    findings: list[Finding]


class _Part(NamedTuple):
    """Applications of one environment, by their names."""

    environment: str
    names: tuple[str, ...]


class _Judged(NamedTuple):
    """What is wrong with the files of a part, what rules say of it, and what is left of it for comparing."""

    environment: str
    broken: list[Finding]
    said: list[Finding]
    applications: tuple[Application, ...]


class _Judge:
    """Judges parts. Each process has its own, which reads templates, policies and environments once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._loadings: dict[str, Loading] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """What another process begins with: nothing that was read."""
        return _judge_of, (self._workspace.root, self._workspace.clock, dict(self._workspace.files.drafts))

    @cached_property
    def known(self) -> Known:
        """Every rule that holds here."""
        return self._workspace.known_rules()

    @cached_property
    def _keep(self) -> Compared | None:
        return compared(self.known)

    def loading(self, name: str) -> Loading:
        """The reading of one environment, whose own file is read once."""
        if name not in self._loadings:
            self._loadings[name] = self._workspace.loading(name)
        return self._loadings[name]

    def judge(self, part: _Part) -> _Judged:
        """Read the applications, and judge each by itself."""
        loading = self.loading(part.environment)
        environment = loading.part(part.names)
        broken = list(dict.fromkeys(loading.findings))
        loading.findings.clear()
        if environment is None:
            return _Judged(part.environment, broken, [], ())
        said = judge_applications(self._workspace.specs([environment]), self.known)
        applications = environment.applications
        if self._keep is not None:
            applications = tuple(map(self._keep.of, applications))
        return _Judged(part.environment, broken, said, applications)


def _judge_of(root: Path, clock: Clock, drafts: Drafts) -> _Judge:
    return _Judge(Workspace(root, clock, drafts))


def validated(workspace: Workspace, environments: Sequence[str] = (), jobs: int | None = None) -> Validation:
    """What `Workspace.validate` finds; with `environments`, what it finds of these and of files that all share.

    `jobs` is how many processes read, by default the machine's cores where there are many files. Raises UsageError.
    """
    parts = [part for name in environments or workspace.environment_names() for part in _parts_of(workspace, name)]
    files = sum(len(part.names) for part in parts)
    judge = _Judge(workspace)
    with in_order(judge.judge, parts, jobs_of(jobs, files)) as answers:
        return _gathered(workspace, judge, answers, alone=bool(environments))


def _parts_of(workspace: Workspace, environment: str) -> Iterator[_Part]:
    """At least one, in which the environment's own file is read."""
    names = workspace.files.applications(environment).names
    for start in range(0, len(names) or 1, PART):
        yield _Part(environment, names[start : start + PART])


def _gathered(workspace: Workspace, judge: _Judge, answers: Iterable[_Judged], *, alone: bool) -> Validation:
    broken: list[Finding] = []
    said: list[Finding] = []
    left: dict[str, Environment | None] = {}
    wrong: set[str] = set()
    for name, parts in groupby(answers, key=lambda judged: judged.environment):
        applications: list[Application] = []
        of_files = list(workspace.files.applications(name).findings)
        for part in parts:
            of_files += part.broken
            said += part.said
            applications += part.applications
        own = judge.loading(name).own
        left[name] = own and replace(own, applications=tuple(applications))
        broken += of_files
        if of_files:
            wrong.add(name)
    readable = [environment for environment in left.values() if environment]
    said += _compared(workspace, judge.known, readable, alone=alone)
    wrong |= {finding.environment for finding in said if finding.stops}
    valid = {
        environment.name: frozenset(app.sdk_app_id for app in environment.applications)
        for environment in readable
        if environment.name not in wrong
    }
    return Validation(valid, sorted({*workspace.common_findings(left), *broken, *said}, key=Finding.sort_key))


def _compared(workspace: Workspace, known: Known, environments: list[Environment], *, alone: bool) -> Iterator[Finding]:
    """What there is to say of environments as wholes; `alone`: of each with what others have in common with it."""
    yield from workspace.lock_findings(environments)
    if not alone:
        yield from compare(workspace.specs(environments), known)
        return
    for environment in environments:
        specs = workspace.specs([environment, *workspace.neighbours(environment, known)])
        yield from (finding for finding in compare(specs, known) if finding.environment == environment.name)
