"""The examples in a policy's file, run: what the policy says of each, and whether that is what it should."""

from __future__ import annotations

from typing import NamedTuple

from provisioner.specs.documents.policy import Policy, PolicyCase
from provisioner.specs.policies.judging import Seen, ruling_of, violations


class CaseResult(NamedTuple):
    """One example: what the policy said (one of EXPECTATIONS), and why where it said no."""

    case: PolicyCase
    found: str
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether it is what the example expects."""
        return self.found == self.case.expect


def run_cases(policy: Policy) -> list[CaseResult]:
    """The result of every example, in the file's order."""
    return [_run(policy, case) for case in policy.cases]


def _run(policy: Policy, case: PolicyCase) -> CaseResult:
    if not policy.match.concerns(case.tier, case.site, case.environment, case.app):
        return CaseResult(case, "no-match")
    # An example without a console is one in which the console shows nothing; without a base the application is new.
    seen = Seen(case.base.values if case.base else {}, case.console or {})
    ruling = ruling_of(policy, case.app, seen)
    if ruling.reason:
        return CaseResult(case, "undecided", ruling.reason)
    told = [violation.message for given in (None, seen) for violation in violations(policy, case.app, given)]
    return CaseResult(case, "fail" if told else "pass", "; ".join(told))
