"""Exceptions that people write down, and that must not outlive their reason: waivers and intents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from provisioner.recording.application import Application, Intent, Waiver
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ApplicationCheck, Rule, Specs

NO_SUCH_WAIVER = Rule(
    "REC080",
    "A waiver names a rule that can be waived",
    Severity.ERROR,
    "Policy: what the service refuses stays refused whoever waives it, and a misspelt waiver waives nothing.",
)
EXPIRED = Rule(
    "REC081",
    "A waiver has not expired",
    Severity.LOW,
    "Policy: a waiver holds until the end of its last day; after it the rule speaks again.",
)
UNUSED = Rule(
    "REC082",
    "A waiver is used",
    Severity.LOW,
    "Policy: a waiver left behind would hide the next violation.",
)
INTENT_EXPIRED = Rule(
    "REC083",
    "An intent has not expired",
    Severity.LOW,
    "Policy: an intent holds until the end of its last day; after it the change is refused again.",
)

TOO_LONG = Rule(
    "REC084",
    "An intent or a waiver ends within a year",
    Severity.ERROR,
    "Policy: what is acknowledged for ever is acknowledged by nobody. `limits.acknowledgedFor` in environment.yaml "
    "allows another time, shorter or longer.",
)

RULES = (NO_SUCH_WAIVER, EXPIRED, UNUSED, INTENT_EXPIRED, TOO_LONG)

Used = Collection[tuple[str, str, str]]
"""(environment, application, rule) of every waiver that held back a finding."""


def judge_applications(specs: Specs, known: Mapping[str, Rule], used: Used) -> Iterator[Finding]:
    """What there is to say about each waiver and intent of applications. `known` are all rules by id.

    Whether a waiver is used of a rule that compares applications, `judge_compared` says; of an observed one, a plan.
    """
    for environment in specs.environments:
        for app in environment.applications:
            if not (app.waivers or app.intents):
                continue
            yield from _too_long(environment, app, {"waive": app.waivers, "intent": app.intents}, specs.today)
            for waiver in app.waivers.values():
                is_used = (environment.name, app.name, waiver.rule) in used
                yield from _judge(app, waiver, specs, known, is_used)
            yield from _expired(app, specs)


def judge_environments(specs: Specs) -> Iterator[Finding]:
    """What there is to say about what environments acknowledge themselves."""
    for environment in specs.environments:
        yield from _expired(environment, specs)
        own = {"removed": environment.removed, "intent": environment.intents}
        yield from _too_long(environment, environment, own, specs.today)


def judge_compared(specs: Specs, rules: Collection[Rule], used: Used) -> Iterator[Finding]:
    """Waivers of `rules`, which have compared all applications, that are not used."""
    waivable = {rule.id: rule for rule in rules if rule.waivable and not rule.planned}
    for environment in specs.environments:
        for app in environment.applications:
            for waiver in app.waivers.values():
                is_used = (environment.name, app.name, waiver.rule) in used
                if waiver.rule in waivable and not is_used and app.waives(waiver.rule, specs.today):
                    yield unused(app, waiver)


def _too_long(
    environment: Environment,
    subject: Application | Environment,
    acknowledged: Mapping[str, Mapping[str, Intent] | Mapping[str, Waiver]],
    today: date,
) -> Iterator[Finding]:
    """Whatever is acknowledged for longer than the environment allows, by its key and its name."""
    days = environment.limits.acknowledged_days
    last = (today + timedelta(days=days)).isoformat()
    for key, entries in acknowledged.items():
        for name, entry in entries.items():
            if entry.expires > last:
                message = (
                    f"{key} {name} holds until {entry.expires}, which is more than {days} days from today; write a day "
                    f"until {last}"
                )
                yield TOO_LONG.finding(subject, f"/{key}/{name}/expires", message, entry.where)


def _expired(subject: Application | Environment, specs: Specs) -> Iterator[Finding]:
    for intent in subject.intents.values():
        if not intent.holds(specs.today):
            message = (
                f"the intent {intent.consequence} expired after {intent.expires}; remove it, "
                "or renew it if the change is still to come"
            )
            yield INTENT_EXPIRED.finding(subject, f"/intent/{intent.consequence}", message, intent.where)


def _judge(
    app: Application, waiver: Waiver, specs: Specs, known: Mapping[str, Rule], is_used: bool
) -> Iterator[Finding]:
    path = f"/waive/{waiver.rule}"
    rule = known.get(waiver.rule)
    if rule is None:
        from provisioner.specs.documents.policy import PREFIX

        ours = waiver.rule.startswith("REC")
        hint = "docs/rules.md lists them" if ours else "is the package that brings it installed?"
        hint = "policies/ holds none of this name" if waiver.rule.startswith(PREFIX) else hint
        yield NO_SUCH_WAIVER.finding(app, path, f"there is no rule {waiver.rule}; {hint}", waiver.where)
    elif not rule.waivable:
        message = f"{rule.id} cannot be waived: {rule.title[0].lower()}{rule.title[1:]}"
        if rule.severity is Severity.HIGH:
            message += "; write an intent"
        yield NO_SUCH_WAIVER.finding(app, path, message, waiver.where)
    elif not app.waives(rule.id, specs.today):
        message = (
            f"{waiver.owner}'s waiver of {rule.id} expired after {waiver.expires}; "
            "mend the cause and remove it, or renew it"
        )
        yield EXPIRED.finding(app, path, message, waiver.where)
    elif isinstance(rule.check, ApplicationCheck) and not rule.planned and not is_used:
        yield unused(app, waiver)


def unused(app: Application, waiver: Waiver) -> Finding:
    """A waiver whose rule has nothing to say about its application."""
    message = f"nothing here violates {waiver.rule} any more; remove this waiver"
    return UNUSED.finding(app, f"/waive/{waiver.rule}", message, waiver.where)
