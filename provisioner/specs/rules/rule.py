"""What a rule is: a stable id, how grave it is, the fact it rests on, and a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from provisioner.foundation.errors import Location
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.lock import Digest


@dataclass(frozen=True, slots=True)
class Specs:
    """All that a rule may look at; nothing of it is read from disk any more.

    `environments` are those whose files could be read. `templates` are the versions that they use and `locked`
    those that the lock file holds, by pin (`call@v1`). Waivers and intents are judged by `today`.
    """

    environments: tuple[Environment, ...]
    today: date
    templates: Mapping[str, Digest] = field(default_factory=dict)
    locked: Mapping[str, Digest] = field(default_factory=dict)
    owners: Owners | None = None


class Violation(NamedTuple):
    """Who is at fault, the path of the leaf (or block) that makes it so, and what to tell its author.

    `where` is the place to repair where that is not the place of the leaf.
    """

    subject: Application | Environment
    path: str
    message: str
    where: Location | None = None


Check = Callable[[Specs], Iterable[Violation]]
"""Sees all environments at once and yields violations in any order."""


@dataclass(frozen=True, slots=True)
class ApplicationCheck:
    """A check that judges each application by itself, in its environment: it may see some now and others later."""

    check: Check

    def __call__(self, specs: Specs) -> Iterable[Violation]:
        """What it says of all of them."""
        return self.check(specs)


@dataclass(frozen=True, slots=True)
class ComparingCheck:
    """A check of environments as wholes, which looks at few leaves of each application and may forget the rest.

    It may ask for the values of `paths` and for the places of `places`. `shared` are those of them that have to hold
    one value in two environments before it says anything of either, and `between` which two environments that
    concerns; without `shared` it compares no environments.
    """

    check: Check
    paths: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    between: Callable[[Environment, Environment], bool] = lambda _one, _other: True

    def __call__(self, specs: Specs) -> Iterable[Violation]:
        """What it says of all of them."""
        return self.check(specs)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is checked, with a heading of its own in docs/rules.md.

    `fact` is the fact of the service (with its source) or the policy that the rule rests on. `check` is None
    where the specs alone cannot tell: the reader, or the plan, makes those findings. A rule that only restates
    what the service refuses cannot be waived. What an `irreversible` consequence does cannot be undone. What is
    `planned` a plan judges, too: only there it shows whether a waiver of it is used.
    """

    id: str
    title: str
    severity: Severity
    fact: str
    check: Check | None = None
    waivable: bool = False
    irreversible: bool = False
    planned: bool = False

    def finding(
        self, subject: Application | Environment, path: str, message: str, where: Location | None = None
    ) -> Finding:
        """The finding of one violation. What specs hold is hostile where it is shown, so the message is escaped."""
        application = subject.name if isinstance(subject, Application) else ""
        environment = subject.environment if isinstance(subject, Application) else subject.name
        place = where or subject.origin(path)
        return Finding(self.id, self.severity, printable(message), place, application, path, environment)


Reasons = Iterator[tuple[str, str]]
"""(path, message) pairs against one application."""


def each(check: Callable[[Application], Reasons]) -> Check:
    """A check of one application at a time, as a check of all specs."""
    return within(lambda _environment, application: check(application))


def within(check: Callable[[Environment, Application], Reasons]) -> Check:
    """A check of one application with its environment, as a check of all specs."""

    def check_all(specs: Specs) -> Iterator[Violation]:
        for environment in specs.environments:
            for application in environment.applications:
                for path, message in check(environment, application):
                    yield Violation(application, path, message)

    return ApplicationCheck(check_all)
