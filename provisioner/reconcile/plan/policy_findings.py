"""Policies that need more than the specs: held against the base's document and against what the console shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.console.port import Observed, Unreadable
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.policy import Policy
from provisioner.specs.documents.revision import Revision
from provisioner.specs.policies.judging import Seen, violations
from provisioner.specs.rules import waivers
from provisioner.specs.rules.policies import NOT_JUDGED, rule_of


def policy_findings(
    environment: Environment,
    app: Application,
    observed: Observed | None,
    base: Revision | None,
    before: Mapping[int, Application] | None,
) -> Iterator[Finding]:
    """What the policies that a plan judges say of an application, but for what a waiver holds back.

    `observed` is None where nothing is known of a console; `base` where there is nothing to compare with. `before` are
    the base's applications by SDKAppId.
    """
    planned = [policy for policy in _concerning(environment, app) if not policy.offline]
    if not planned:
        return
    seen = _seen(app, observed, base, before)
    for policy in planned:
        if seen.lacks(policy):
            continue
        rule = rule_of(policy)
        found = [rule.finding(*violation) for violation in violations(policy, app, seen)]
        if not (policy.waivable and app.waives(policy.id, environment.today)):
            yield from found
        elif not found and not any(violations(policy, app)):
            yield waivers.unused(app, app.waivers[policy.id])


def not_judged(environment: Environment, base: Revision | None) -> Iterator[Finding]:
    """One finding where policies compare with a base and there is none."""
    if base is not None:
        return
    concerned = [
        policy
        for policy in environment.policies
        if policy.needs_base and any(_concerns(policy, environment, app) for app in environment.applications)
    ]
    if concerned:
        names = ", ".join(policy.id for policy in concerned)
        message = f"{names}: not judged here, because there is no base to compare with; --base names one"
        yield NOT_JUDGED.finding(environment, "", message, concerned[0].where)


def _concerning(environment: Environment, app: Application) -> Iterator[Policy]:
    return (policy for policy in environment.policies if _concerns(policy, environment, app))


def _concerns(policy: Policy, environment: Environment, app: Application) -> bool:
    return policy.match.concerns(environment.tier, environment.site, environment.name, app)


def _seen(
    app: Application, observed: Observed | None, base: Revision | None, before: Mapping[int, Application] | None
) -> Seen:
    console: dict[str, Value] | None = None
    hidden: list[str] = []
    if observed is not None:
        console = {
            path: shown
            for path, shown in observed.fields.items()
            if shown is not None and not isinstance(shown, Unreadable)
        }
        hidden = [path for path, shown in observed.fields.items() if isinstance(shown, Unreadable)]
    if base is None:
        return Seen(None, console, hidden)
    if base.errors is not None:
        return Seen(None, console, hidden, f"the specs at {printable(base.ref)} are not valid")
    then = (before or {}).get(app.sdk_app_id)
    return Seen(then.values if then else {}, console, hidden)
