"""Rules at work: each application by itself, a part of them at a time, and then what is left of all for comparing.

So a fleet is judged without being held at once: of an application that was judged, only the leaves stay that some
`ComparingCheck` looks at. A team's rule may look at everything, so where one is installed nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from provisioner.recording.application import Application, Leaf, Leaves
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules import waivers
from provisioner.specs.rules.rule import ApplicationCheck, ComparingCheck, Rule, Specs

Known = Mapping[str, Rule]
"""All rules that hold, by id."""


def judge_applications(specs: Specs, known: Known) -> list[Finding]:
    """What there is to say of each application by itself, and of its waivers."""
    findings, used = _apply([rule for rule in known.values() if isinstance(rule.check, ApplicationCheck)], specs)
    return [*findings, *waivers.judge_applications(specs, known, used)]


def compare(specs: Specs, known: Known) -> list[Finding]:
    """What there is to say of environments as wholes, of what they share, and of the waivers of that."""
    rules = [rule for rule in known.values() if rule.check and not isinstance(rule.check, ApplicationCheck)]
    findings, used = _apply(rules, specs)
    return [*findings, *waivers.judge_environments(specs), *waivers.judge_compared(specs, rules, used)]


def _apply(rules: Iterable[Rule], specs: Specs) -> tuple[list[Finding], set[tuple[str, str, str]]]:
    """The findings that no waiver holds back, and the waivers that held one back."""
    findings: list[Finding] = []
    used: set[tuple[str, str, str]] = set()
    for rule in rules:
        for violation in rule.check(specs) if rule.check else ():
            app = violation.subject
            if rule.waivable and isinstance(app, Application) and app.waives(rule.id, specs.today):
                used.add((app.environment, app.name, rule.id))
            else:
                findings.append(rule.finding(*violation))
    return findings, used


class _Few(Leaves):
    """Few leaves of an application whose files are let go of."""

    __slots__ = ("_places",)

    def __init__(self, plain: Mapping[str, Value], places: Mapping[str, Leaf]) -> None:
        super().__init__(plain)
        self._places = places

    def __getitem__(self, path: str) -> Leaf:
        return self._places[path]


class Compared(NamedTuple):
    """What comparisons look at: values at `paths`, and values with their places at `places`. None: at everything."""

    paths: frozenset[str]
    places: frozenset[str]

    def of(self, app: Application) -> Application:
        """The application, with nothing but that."""
        plain = app.leaves.plain
        places = {path: replace(app.leaves[path], overrode=None) for path in self.places if path in plain}
        few = {path: plain[path] for path in self.paths if path in plain}
        return replace(app, leaves=_Few(few, places), intents={}, inert={}, hold=None)


def compared(known: Known) -> Compared | None:
    """What of applications the rules compare; None where one may look at anything."""
    checks = [rule.check for rule in known.values() if rule.check and not isinstance(rule.check, ApplicationCheck)]
    comparisons = [check for check in checks if isinstance(check, ComparingCheck)]
    if len(comparisons) < len(checks):
        return None
    places = {path for check in comparisons for path in check.places}
    paths = {path for check in comparisons for path in check.paths}
    return Compared(frozenset({"/name", *paths, *places}), frozenset(places))


def forgetting(environment: Environment, keep: Compared | None) -> Environment:
    """The environment once its applications have been judged: what comparing needs of them."""
    if keep is None:
        return environment
    return replace(environment, applications=tuple(map(keep.of, environment.applications)))


def sharing(known: Known, one: Environment, other: Environment) -> Iterator[str]:
    """Paths of which a value that both environments hold makes a rule say something."""
    for rule in known.values():
        if isinstance(rule.check, ComparingCheck) and rule.check.shared and rule.check.between(one, other):
            yield from rule.check.shared


def shared(known: Known) -> frozenset[str]:
    """Every path of which one value in two environments may make a rule say something."""
    checks = (rule.check for rule in known.values())
    return frozenset(path for check in checks if isinstance(check, ComparingCheck) for path in check.shared)
