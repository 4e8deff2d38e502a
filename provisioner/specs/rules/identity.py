"""Whose an application is: one environment's, and its owner's."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ApplicationCheck, ComparingCheck, Rule, Specs, Violation


def _ids_belong_to_one_environment(specs: Specs) -> Iterator[Violation]:
    holders: dict[int, list[Application]] = {}
    for environment in specs.environments:
        for app in environment.applications:
            holders.setdefault(app.sdk_app_id, []).append(app)
    for apps in holders.values():
        for app in apps:
            other = next((other for other in apps if other.environment != app.environment), None)
            if other:
                message = (
                    f"sdkAppId {app.sdk_app_id} is also {other.environment}'s {other.name} "
                    f"({other.origin('/sdkAppId')}); give each environment an application of its own"
                )
                yield Violation(app, "/sdkAppId", message)


def _may_be_one_account(one: Environment, other: Environment) -> bool:
    """An SDKAppId is one account's; of another account it is told by `validate`, and by the console."""
    accounts = {environment.console.credentials.account for environment in (one, other)}
    return len(accounts - {""}) < 2


def _aliases_are_free(specs: Specs) -> Iterator[Violation]:
    for environment in specs.environments:
        names = {app.name: app for app in environment.applications}
        taken: dict[str, Application] = {}
        for app in environment.applications:
            for alias in app.aliases:
                other = names.get(alias) or taken.setdefault(alias, app)
                if alias == app.name:
                    yield Violation(app, "/aliases", f"{alias} is the application's own name; remove the alias")
                elif other is not app:
                    whose = "the name of another application" if alias in names else f"{other.name}'s alias, too"
                    where = other.origin("/name" if alias in names else "/aliases")
                    message = f"the alias {alias} is {whose} ({where}); a name pairs one application"
                    yield Violation(app, "/aliases", message)


def _owner_approves(specs: Specs) -> Iterator[Violation]:
    if specs.owners is None:
        return
    for environment in specs.environments:
        for app in environment.applications:
            approvers, where = specs.owners.of(app.where.file)
            if app.owner.casefold() in (approver.casefold() for approver in approvers):
                continue
            if approvers:
                message = f"owner is {app.owner}, but {where} has {' '.join(approvers)} approve this file"
            else:
                message = f"owner is {app.owner}, but {where.file} has nobody approve this file"
            yield Violation(app, "/owner", f"{message}; name the same in both")


RULES = (
    Rule(
        "REC060",
        "An SDKAppId belongs to one environment",
        Severity.ERROR,
        "Policy: two environments would undo each other's settings at every apply, and dev would change prod.",
        ComparingCheck(
            _ids_belong_to_one_environment,
            places=("/sdkAppId",),
            shared=("/sdkAppId",),
            between=_may_be_one_account,
        ),
    ),
    Rule(
        "REC076",
        "An alias is nobody else's name",
        Severity.ERROR,
        "Policy: names pair applications across environments; a name that means two of them would promote one "
        "application's settings to the other.",
        ComparingCheck(_aliases_are_free, paths=("/aliases",), places=("/name", "/aliases")),
    ),
    Rule(
        "REC061",
        "The owner is who approves",
        Severity.LOW,
        "Policy: owner says who is asked, CODEOWNERS who must approve; a reader takes them for the same.",
        ApplicationCheck(_owner_approves),
        waivable=True,
    ),
)
