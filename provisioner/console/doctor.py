"""Tries everything that an environment's console needs, and writes nothing.

What only a write would show is said to be unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from provisioner.console.audit.audited_console import OvertakenObservations
from provisioner.console.audit.cloud_audit import PERMISSION, trail_of
from provisioner.console.calls.opening import declared, examined_webhook
from provisioner.console.doctor_checks import (
    CheckResult,
    DoctorCheck,
    EndpointAnswer,
    Examination,
    FieldSeen,
    field_seen,
)
from provisioner.console.drivers import endpoint_of
from provisioner.console.port import ConsoleError, Shown, Unreadable
from provisioner.console.runbook.labels import labels_of
from provisioner.console.runbook.runbook_driver import RunbookConsole
from provisioner.console.tencent import cam_policy
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import TencentClient
from provisioner.console.tencent.connection import connection
from provisioner.console.tencent.credentials import open_credentials
from provisioner.console.tencent.endpoint_answers import (
    AskedAction,
    listed_answer,
    read_answer,
    template_answer,
    write_answers,
)
from provisioner.console.tencent.error_codes import forbidden, unanswered
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.credentials.source import Caller, Credentials
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment

_ADD_POLICY = "Add the policy below to the role that this environment uses."


def examine(environment: Environment, sample: Application | None, caller: Caller, clock: Clock) -> Examination:
    """Everything about the console of `environment`. One application is read: `sample`, or one that says much."""
    automatic = (app for app in environment.applications if app.automatic)
    sample = sample or next(automatic, None) or next(iter(environment.applications), None)
    if environment.console.driver == "embedded":
        found = _embedded(environment, sample, caller.root)
    elif environment.console.by_people:
        found = _runbook(environment, sample, caller, clock)
    else:
        found = _tencent(environment, sample, caller)
    if sample is not None and sample.sdk_app_id in declared(environment):
        check, fields = examined_webhook(environment, sample, caller.root, clock)
        found = replace(found, checks=(*found.checks, check), fields=(*found.fields, *fields))
    return replace(found, sample=sample.name if sample else None)


@dataclass(frozen=True, slots=True)
class _Probe:
    """What listing and reading showed; `first` is how the very first call failed."""

    checks: tuple[DoctorCheck, ...]
    fields: tuple[FieldSeen, ...]
    first: ConsoleError | None
    answers: tuple[EndpointAnswer, ...]


def _probe(console: TencentConsole, environment: Environment, sample: Application | None) -> _Probe:
    """Lists and reads, each action asked once and none that writes."""
    binding = console.binding
    listed: set[int] | None = None
    first: ConsoleError | None = None
    try:
        listed = {entry.sdk_app_id for entry in console.list_applications()}
    except ConsoleError as error:
        first = error
    checks = [_permission(console, binding.listing.action, first)]
    if listed is not None:
        checks.append(_applications(environment, listed))
    read, template = _read(console, sample, first)
    shown = {} if read.response is None else binding.answered(read.response, template.response)
    checks.append(_asked(console, binding.reading.action, read))
    if binding.template and not template.why:
        checks.append(_asked(console, binding.template.action, template))
    fields = (
        field_seen(path, place.grade.value, place.at, shown[path])
        for path, place in binding.places.items()
        if path in shown
    )
    answers = (
        listed_answer(binding, None if listed is None else len(listed), first),
        read_answer(binding, read, shown),
        *template_answer(binding, template, shown),
        *write_answers(binding),
    )
    return _Probe(tuple(checks), tuple(fields), first, answers)


def _read(
    console: TencentConsole, sample: Application | None, first: ConsoleError | None
) -> tuple[AskedAction, AskedAction]:
    """The read action and the template's own, about `sample`."""
    if sample is None:
        none = AskedAction(why="there is no application to read")
        return none, none
    if first is not None and unanswered(first):
        return (none := AskedAction(why="nothing answered")), none
    try:
        answer = console.answer(sample.sdk_app_id)
    except ConsoleError as error:
        return AskedAction(error=error), AskedAction(why="the read action showed no template's id")
    try:
        found = console.template_answer(sample.sdk_app_id, answer)
    except ConsoleError as error:
        return AskedAction(answer), AskedAction(error=error)
    return AskedAction(answer), AskedAction(found, why="" if found else f"{sample.name} shows no template's id")


def _asked(console: TencentConsole, action: str, asked: AskedAction) -> DoctorCheck:
    return _unknown(console, action, asked.why) if asked.why else _permission(console, action, asked.error)


def _permission(console: TencentConsole, action: str, error: ConsoleError | None) -> DoctorCheck:
    name = cam_policy.permission(console.binding, action)
    if error is None:
        return DoctorCheck(name, CheckResult.OK, "allowed, tried")
    if forbidden(error):
        return DoctorCheck(name, CheckResult.FAILS, f"the access policy lacks it ({error.code})", _ADD_POLICY)
    if unanswered(error):
        return DoctorCheck(name, CheckResult.UNKNOWN, "nothing answered")
    if error.code.startswith("AuthFailure."):
        return DoctorCheck(name, CheckResult.UNKNOWN, "the signature was refused")
    return DoctorCheck(name, CheckResult.FAILS, f"{error.code}: {error.message}", error.fix or "")


def _unknown(console: TencentConsole, action: str, why: str) -> DoctorCheck:
    return DoctorCheck(cam_policy.permission(console.binding, action), CheckResult.UNKNOWN, why)


def _applications(environment: Environment, listed: set[int]) -> DoctorCheck:
    apps = environment.applications
    missing = [f"{app.name} ({app.sdk_app_id})" for app in apps if app.sdk_app_id not in listed]
    if missing:
        fix = "Check sdkAppId and the account, or create the application in the TRTC console."
        return DoctorCheck("applications", CheckResult.FAILS, f"not in this account: {', '.join(missing)}", fix)
    return DoctorCheck(
        "applications", CheckResult.OK, f"all {len(apps)} are in this account, which holds {len(listed)}"
    )


# Drivers


def _tencent(environment: Environment, sample: Application | None, caller: Caller) -> Examination:
    choice = environment.console
    binding, endpoint = load(choice.binding, caller.root), endpoint_of(environment, caller.root)
    held, checked = _credentials(environment, caller)
    label = f"TRTC console at {endpoint.host}"
    try:
        client = TencentClient(
            binding.service,
            binding.version,
            environment.region,
            endpoint,
            held,  # None: an unsigned call still shows whether something answers, and what time it is there
            limiter=Limiter(choice.calls_per_second),
            back_off=(),
        )
    except UsageError as error:  # a proxy that is none: nothing can be called
        proxy = DoctorCheck("proxy", CheckResult.FAILS, error.what, error.fix or "")
        return Examination(environment.name, label, (checked, proxy), (), {})
    console = TencentConsole(client, binding, label, caller.root, read_only=choice.read_only, accept=choice.accept)
    try:
        probe = _probe(console, environment, sample if held else None)
        way = connection(endpoint, client.transport, probe.first, held is not None, caller.variables)
        audit = _audit(environment, caller) if held and not (probe.first and unanswered(probe.first)) else ()
        checks = (checked, *way, *(probe.checks if held else ()), *_writes(console, environment), *audit)
    finally:
        console.close()
    ids, owner = sorted(app.sdk_app_id for app in environment.applications), cam_policy.owner_uin(choice.credentials)
    policies = {
        "read": cam_policy.read_policy(binding, owner, ids),
        "write": cam_policy.write_policy(binding, owner, ids),
        "archive": cam_policy.archive_policy(environment.site),
        "audit": cam_policy.audit_policy(),
    }
    return Examination(environment.name, label, checks, probe.fields, policies, answers=probe.answers if held else ())


def _credentials(environment: Environment, caller: Caller) -> tuple[Credentials | None, DoctorCheck]:
    where = environment.console.credentials.origin
    try:
        held = open_credentials(environment, caller)
        _, _, token = held.get_credential_info()  # a role is assumed here
    except ProvisionerError as error:
        return None, DoctorCheck("credentials", CheckResult.FAILS, error.what, error.fix or "")
    return held, DoctorCheck("credentials", CheckResult.OK, f"{where}{', with a session token' if token else ''}")


def _audit(environment: Environment, caller: Caller) -> tuple[DoctorCheck, ...]:
    """Whether the audit log can say who changed the console."""
    trail = trail_of(environment, caller.root, caller.variables, system_clock() - timedelta(hours=1))
    if trail.unanswered:
        told = f"nobody can say who changed the console: {trail.unanswered}"
        return (DoctorCheck(PERMISSION, CheckResult.UNKNOWN, told, _AUDIT_POLICY),)
    kept = f"; {trail.doubt}, so that its silence proves nothing" if trail.doubt else ""
    return (DoctorCheck(PERMISSION, CheckResult.OK, f"allowed, tried{kept}"),)


_AUDIT_POLICY = "Add the audit policy below; without it drift does not say who, and reads every application each time."


def _writes(console: TencentConsole, environment: Environment) -> Iterator[DoctorCheck]:
    choice, binding = environment.console, console.binding
    if choice.read_only:
        yield DoctorCheck("writes", CheckResult.NOT_HERE, "console.readOnly is set: every write is refused")
        return
    if refused := binding.refused(binding.places, choice.accept):
        detail = f"{len(refused)} entries of binding {binding.name} are not documented and not accepted"
        fix = "Name them in console.accept once your vendor confirmed them, or say readOnly: true."
        yield DoctorCheck("writes", CheckResult.FAILS, f"{detail}, such as {refused[0]}: apply will be refused", fix)
    else:
        yield DoctorCheck("writes", CheckResult.OK, "every entry of the binding is documented or accepted")
    for action in dict.fromkeys(write.action for write in binding.writes):
        why = "cannot be tried without writing"
        yield DoctorCheck(
            cam_policy.permission(binding, action), CheckResult.UNKNOWN, why, "See the policy for writing below."
        )


def _embedded(environment: Environment, sample: Application | None, root: Path) -> Examination:
    from provisioner.console.embedded.embedded_driver import EmbeddedConsole  # the server takes long to load

    console = EmbeddedConsole(environment, root)
    try:
        probe = _probe(console, environment, sample)
    finally:
        console.close()
    allowed = "console.readOnly is set" if environment.console.read_only else "the simulator allows them"
    checks = (
        DoctorCheck("credentials", CheckResult.NOT_HERE, "the simulator brings a key of its own"),
        DoctorCheck("endpoint", CheckResult.NOT_HERE, "inside this process, on loopback: no proxy, no TLS, one clock"),
        *probe.checks,
        *_audit(environment, Caller({}, root, root)),
        DoctorCheck("writes", CheckResult.NOT_HERE if environment.console.read_only else CheckResult.OK, allowed),
    )
    return Examination(environment.name, console.label, checks, probe.fields, {})


def _runbook(environment: Environment, sample: Application | None, caller: Caller, clock: Clock) -> Examination:
    overtaken = OvertakenObservations(environment, caller.root, caller.variables).reason
    console = RunbookConsole(environment, caller.root, clock, overtaken)
    labels = labels_of(environment, caller.root)
    shown: dict[str, Shown] = {}
    checks = [
        DoctorCheck(
            "credentials", CheckResult.NOT_HERE, "nothing is called: people look at this console and change it"
        ),
        DoctorCheck(
            "page", CheckResult.OK, f"{labels.name}: {labels.documented} of {len(labels.labels)} labels are documented"
        ),
    ]
    for app in environment.applications:
        name = f"observation of {app.name}"
        try:
            seen = console.read(app.sdk_app_id)
        except ProvisionerError as error:
            checks.append(DoctorCheck(name, CheckResult.FAILS, error.what, error.fix or ""))
            continue
        if app is sample:
            shown = dict(seen.fields)
        if by := seen.attested:
            told = f"{by.who} confirmed it at {timestamp(by.when)}; it counts until {timestamp(by.expires)}"
            checks.append(DoctorCheck(name, CheckResult.OK, told))
        else:
            checks.append(DoctorCheck(name, CheckResult.UNKNOWN, _reason(seen.fields["/recording/enabled"])))
    named = ((path, labels.label(path), value) for path, value in shown.items())
    fields = (field_seen(path, label.grade.value, label.words, value) for path, label, value in named)
    policies = {"archive": cam_policy.archive_policy(environment.site), "audit": cam_policy.audit_policy()}
    return Examination(environment.name, console.label, tuple(checks), tuple(fields), policies)


def _reason(shown: Shown) -> str:
    return shown.reason if isinstance(shown, Unreadable) else ""
