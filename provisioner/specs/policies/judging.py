"""What a policy says of one application: offline by the specs alone, in a plan by the base and the console as well."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from provisioner.foundation.errors import Location
from provisioner.recording.application import Application, Layer
from provisioner.recording.fields import find
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.specs.documents.policy import Policy
from provisioner.specs.policies.cel_types import cel_document
from provisioner.specs.policies.expression import APP, BASE, CONSOLE, Ruling, activation
from provisioner.specs.rules.rule import Violation


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plan knows beside the application: `base` is its document there, empty for one that is new.

    Both are None where nobody looked. `hidden` are paths that the console does not show, `base_broken` says why the
    base cannot be read.
    """

    base: Mapping[str, Value] | None = None
    console: Mapping[str, Value] | None = None
    hidden: Collection[str] = ()
    base_broken: str = ""

    def lacks(self, policy: Policy) -> bool:
        """Whether a policy needs what nobody looked at."""
        base = policy.needs_base and self.base is None and not self.base_broken
        return base or (policy.needs_console and self.console is None)


class OfflineJudge:
    """What the specs alone can tell of one application; policies share its document."""

    def __init__(self, app: Application) -> None:
        self.app = app

    @cached_property
    def _given(self) -> Any:
        return activation({APP: cel_document(self.app.values)})

    def violations(self, policy: Policy) -> Iterator[Violation]:
        """What stands against the application, which the policy concerns."""
        yield from _overridden(policy, self.app)
        if policy.require is not None and policy.offline:
            yield from _violation(policy, self.app, policy.require.judge_in(self._given))


def violations(policy: Policy, app: Application, seen: Seen | None = None) -> Iterator[Violation]:
    """What stands against an application that the policy concerns.

    Without `seen` what the specs alone can tell; with it what needs a look beyond them. What cannot be decided is a
    violation and says why.
    """
    if seen is None:
        yield from OfflineJudge(app).violations(policy)
    elif policy.require is not None and not policy.offline:
        yield from _violation(policy, app, ruling_of(policy, app, seen))


def _violation(policy: Policy, app: Application, ruling: Ruling) -> Iterator[Violation]:
    if not ruling.holds:
        undecided = f" (cannot be decided: {ruling.reason})" if ruling.reason else ""
        yield Violation(app, _path(policy, app), f"{policy.message}{undecided}")


def ruling_of(policy: Policy, app: Application, seen: Seen) -> Ruling:
    """Whether `require` holds for what is known."""
    if policy.require is None:
        return Ruling(True)
    if policy.needs_base and seen.base_broken:
        return Ruling(False, seen.base_broken)
    if seen.lacks(policy):
        return Ruling(False, "nobody looked at what it needs")
    if policy.needs_console and (hidden := _hidden(policy, seen.hidden)):
        return Ruling(False, f"the console does not show {short(hidden)}")
    documents: dict[str, Mapping[str, Any]] = {APP: cel_document(app.values)}
    if policy.needs_base:
        documents[BASE] = cel_document(seen.base or {})
    if policy.needs_console:
        documents[CONSOLE] = cel_document(seen.console or {})
    return policy.require.judge(documents)


def _hidden(policy: Policy, hidden: Collection[str]) -> str:
    """A path that the expression looks at in the console and that cannot be read; '' where there is none."""
    asked = (
        [mention.path for mention in policy.require.mentions if mention.variable == CONSOLE] if policy.require else []
    )
    for path in hidden:
        for one in asked:
            if path == one or path.startswith(f"{one}/") or one.startswith(f"{path}/"):
                return path
    return ""


def _path(policy: Policy, app: Application) -> str:
    """The leaf that a finding is about: the first that the expression names and the application has."""
    named = [mention.path for mention in policy.require.mentions if mention.variable == APP] if policy.require else []
    there = [path for path in named if path in app.leaves]
    leaves = [path for path in named if find(path)]
    return next(iter([*there, *leaves, *named]), "")


def _overridden(policy: Policy, app: Application) -> Iterator[Violation]:
    for locked in policy.locked:
        for path, where in _set_by_application(app, locked):
            message = f"{policy.message} ({short(path)} is locked by {policy.where.file}: remove it here)"
            yield Violation(app, path, message, where)


def _set_by_application(app: Application, locked: str) -> Iterator[tuple[str, Location | None]]:
    for leaves in (app.leaves, app.inert):
        for path in leaves:
            if path == locked or path.startswith(f"{locked}/"):
                leaf = leaves[path]
                if leaf.layer is Layer.APPLICATION:
                    yield path, leaf.where
                elif leaf.layer is Layer.SCHEMA and leaf.overrode and leaf.overrode.layer is Layer.APPLICATION:
                    yield path, leaf.overrode.where  # deleted here, so that a default holds
