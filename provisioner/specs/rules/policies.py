"""Policies of the organisation among the rules: each is a rule of its own, and what may be wrong with one."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.policy import Policy
from provisioner.specs.policies.judging import violations
from provisioner.specs.rules.rule import Rule, Specs, Violation

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


def rule_of(policy: Policy) -> Rule:
    """A policy as a rule. Its check judges what the specs alone can tell; the rest is the plan's."""

    def check(specs: Specs) -> Iterator[Violation]:
        for environment in specs.environments:
            for app in environment.applications:
                if policy in environment.policies and policy.match.concerns(
                    environment.tier, environment.site, environment.name, app
                ):
                    yield from violations(policy, app)

    return Rule(
        policy.id,
        policy.description or policy.message,
        policy.severity,
        f"Policy of the organisation: {policy.where.file}.",
        check,
        waivable=policy.waivable,
        planned=not policy.offline,
    )


def rules_of(environments: tuple[Environment, ...]) -> Iterator[Rule]:
    """The policies that hold in these environments, as rules."""
    known = {policy.id: policy for environment in environments for policy in environment.policies}
    yield from map(rule_of, known.values())
