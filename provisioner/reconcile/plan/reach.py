"""Which applications a change of the specs reaches: those of which a plan could say something else than before.

A plan of these alone reads only them. Where that cannot be told, all are read, and the plan says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.foundation import git
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.removal import Gone
from provisioner.recording.application import Application, Intent, Waiver
from provisioner.recording.findings import Finding
from provisioner.recording.manual import manual
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.policy import Policy
from provisioner.specs.documents.revision import Revision
from provisioner.specs.layout import OBSERVATION_FILE, observation_file

_PLACE = re.compile(r":\d+(:\d+)?")


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change reaches: names of `applications`, and SDKAppIds and names of those whose specs are `gone`.

    `of` is how many applications the environment has. `everything` says why all are read, '' where only these are.
    """

    applications: frozenset[str]
    gone: frozenset[int | str]
    of: int
    everything: str = ""

    @property
    def only(self) -> frozenset[str] | None:
        """The names of those to read; None for all."""
        return None if self.everything else self.applications

    def of_gone(self, found: Gone) -> Gone:
        """Those of the applications whose specs are gone that this change is about."""
        if self.everything:
            return found
        reached = tuple(each for each in found.applications if each.sdk_app_id in self.gone or each.name in self.gone)
        return replace(found, applications=reached, unknown=found.unknown if self.gone else "")


def reach(environment: Environment, base: Revision, root: Path) -> Reach:
    """What the work tree at `root`, of which `environment` was read, reaches since `base`. Raises GitError.

    Where a value is written is no difference, and neither is the line that a finding stands at.
    """
    size = len(environment.applications)
    if why := _everything(environment, base, root):
        return Reach(frozenset(app.name for app in environment.applications), frozenset(), size, why)
    assert base.environment is not None
    then = {app.sdk_app_id: app for app in base.environment.applications}
    differs = _Differences(environment, base.environment)
    confirmed = _changed_files(root, base.commit, [OBSERVATION_FILE.of(environment=environment.name, name="x")])
    reached = {
        app.name
        for app in environment.applications
        if observation_file(environment.name, app.name) in confirmed or differs.of(app, then.get(app.sdk_app_id))
    }
    gone = then.keys() - {app.sdk_app_id for app in environment.applications}
    meant = _intents(environment.removed).items() ^ _intents(base.environment.removed).items()
    return Reach(frozenset(reached), frozenset(gone | {name for name, _ in meant}), size)


def _everything(environment: Environment, base: Revision, root: Path) -> str:
    """Why every application is read; '' where that is not so."""
    if base.errors is not None:
        return f"the specs at {printable(base.ref)} are not valid"
    before = base.environment
    if before is None:
        return f"{printable(base.ref)} has no environment {environment.name}"
    if _asked(environment) != _asked(before):
        return "the change is about which console is read, and how"
    console = environment.console
    described = [path for path in (console.binding, console.page) if path and "/" in path]
    if described and _changed_files(root, base.commit, described):
        return "the change is about files that describe the console"
    return ""


def _asked(environment: Environment) -> tuple[Any, ...]:
    """What decides which answers are got, and how they are understood: not as whom, nor how fast, nor who may write."""
    console = environment.console
    return environment.site, environment.region, console.driver, console.endpoint, console.binding, console.page


def _changed_files(root: Path, commit: str, paths: list[str]) -> frozenset[str]:
    """Those at or beside `paths` whose content is another than at `commit`."""
    folders = sorted({path.rpartition("/")[0] for path in paths if not path.startswith("/") and ".." not in path})
    then, now = git.file_ids(root, commit, folders), git.work_tree_ids(root, commit, folders)
    return frozenset(path for path, _ in then.items() ^ now.items())


class _Differences:
    """What may make a plan say something else of an application, between an environment and what it was before."""

    def __init__(self, now: Environment, before: Environment) -> None:
        self._now, self._before = now, before
        self._findings = tuple(map(_findings, (now, before)))
        self._policies = tuple(map(_planned, (now, before)))
        self._controller = now.controller != before.controller

    def of(self, app: Application, before: Application | None) -> bool:
        """Whether there is one; `before` is the application with the same SDKAppId, None where it is new."""
        if before is None:
            return True
        said, said_before = (found.get(each.name) for found, each in zip(self._findings, (app, before), strict=True))
        return (
            (app is not before and _says(app) != _says(before))
            or said != said_before
            or (self._controller and manual(app) is not None)
            or (any(self._policies) and self._judging(app) != self._judging(before, then=True))
        )

    def _judging(self, app: Application, *, then: bool = False) -> list[Any]:
        """The policies that only a plan can judge, as far as they concern the application."""
        environment, policies = (self._before if then else self._now), self._policies[then]
        about = environment.tier, environment.site, environment.name
        return [
            (policy.id, policy.message, policy.severity, policy.waivable, policy.require, policy.locked)
            for policy in policies
            if policy.match.concerns(*about, app)
        ]


def _planned(environment: Environment) -> list[Policy]:
    return [policy for policy in environment.policies if not policy.offline]


def _says(app: Application) -> tuple[Any, ...]:
    """All that a spec says, without the places."""
    return app.values, _intents(app.intents), _waivers(app.waivers)


def _intents(intents: Mapping[str, Intent]) -> dict[str, tuple[str, str]]:
    return {name: (intent.reason, intent.expires) for name, intent in intents.items()}


def _waivers(waivers: Mapping[str, Waiver]) -> dict[str, tuple[str, str]]:
    return {name: (waiver.owner, waiver.expires) for name, waiver in waivers.items()}


def _findings(environment: Environment) -> dict[str, set[tuple[Any, ...]]]:
    """What the rules say of each application, without the places."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    for finding in environment.findings:
        found.setdefault(finding.application, set()).add(_said(finding))
    return found


def _said(finding: Finding) -> tuple[Any, ...]:
    return finding.id, finding.severity, finding.path, _PLACE.sub("", finding.message)
