"""What a rule is: a stable id, how grave it is, the fact it rests on, and a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.environment import Environment

Violation = tuple[Application, str, str]
"""The application at fault, the path of the leaf (or block) that makes it so, and what to tell its author."""

Reasons = Iterator[tuple[str, str]]
"""What a check of one application yields: (path, message)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule about specs. `check` sees all environments at once and yields violations in any order.

    `fact` is the fact of the service (with its source) or the policy that the rule rests on. A rule that only
    restates what the service refuses cannot be waived.
    """

    id: str
    title: str
    severity: Severity
    fact: str
    check: Callable[[tuple[Environment, ...]], Iterator[Violation]]
    waivable: bool = False

    def findings(self, environments: tuple[Environment, ...]) -> Iterator[Finding]:
        for application, path, message in self.check(environments):
            yield Finding(self.id, self.severity, message, application.origin(path), application.name, path)


def each(
    check: Callable[[Application], Reasons],
) -> Callable[[tuple[Environment, ...]], Iterator[Violation]]:
    """A check of one application at a time, yielding (path, message), as a check of environments."""

    def check_all(environments: tuple[Environment, ...]) -> Iterator[Violation]:
        for environment in environments:
            for application in environment.applications:
                for path, message in check(application):
                    yield application, path, message

    return check_all


def dotted(path: str) -> str:
    """A setting as people say it: `mixed.video.width`."""
    return path.removeprefix(f"{SETTINGS}/").replace("/", ".")
