"""Policies of the organisation among the rules: each is a rule of its own, and what may be wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from provisioner.recording.findings import Severity
from provisioner.specs.rules.rule import ApplicationCheck, Check, Rule, Specs, Violation

if TYPE_CHECKING:
    from provisioner.specs.documents.policy import Policy

RULES = (
    Rule(
        "REC100",
        "A policy's expression names what there is, in its type, and is bounded",
        Severity.ERROR,
        "Policy: a misspelt path would be a guard that guards nothing. docs/policies.md says what an expression may "
        "hold.",
    ),
    Rule(
        "REC101",
        "Copied policies are as their lock has them",
        Severity.ERROR,
        "Policy: what an organisation demands is changed where it is written, not in the copy.",
    ),
    Rule(
        "REC102",
        "A policy that compares with the base is judged with one",
        Severity.INFO,
        "Policy: `plan --base`, which every review job runs, judges it; a plan without a base cannot.",
    ),
)
NOT_JUDGED = RULES[2]


def rule_of(policy: Policy, check: Check | None = None) -> Rule:
    """A policy as a rule, with the check of what the specs alone can tell; the rest is the plan's."""
    return Rule(
        policy.id,
        policy.description or policy.message,
        policy.severity,
        f"Policy of the organisation: {policy.where.file}.",
        check,
        waivable=policy.waivable,
        planned=not policy.offline,
    )


def rules_of(policies: Iterable[Policy]) -> Iterator[Rule]:
    """Policies as rules, each for the environments that have it."""
    known = {policy.id: policy for policy in policies}
    found: dict[str, list[Violation]] = {}
    judged: list[Specs] = []

    def check(policy: Policy, specs: Specs) -> list[Violation]:
        """All policies are judged at once, application by application, for whichever is asked first."""
        if not judged or judged[0] is not specs:
            judged[:] = [specs]
            found.clear()
            for name, violation in _violations(specs):
                found.setdefault(name, []).append(violation)
        return found.get(policy.id, [])

    for policy in known.values():
        yield rule_of(policy, ApplicationCheck(partial(check, policy)))


def _violations(specs: Specs) -> Iterator[tuple[str, Violation]]:
    from provisioner.specs.policies.judging import OfflineJudge  # not for who has no policy

    for environment in specs.environments:
        for app in environment.applications:
            judge = OfflineJudge(app)
            for policy in environment.policies:
                if policy.match.concerns(environment.tier, environment.site, environment.name, app):
                    for violation in judge.violations(policy):
                        yield policy.id, violation
