"""The provider's functions: what a program may ask about an environment and its console."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from provisioner.console.port import Observed, Unreadable
from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.provider import tokens
from provisioner.provider.environment import PlannedEnvironment
from provisioner.provider.properties import struct, values
from provisioner.reconcile.plan.document import Document, document
from provisioner.reconcile.plan.plan import Plan
from provisioner.reconcile.plan.removal import STOP_AUTO, Managed
from provisioner.recording.document import nest
from provisioner.recording.fields import FIELDS
from provisioner.recording.value_types import Value
from provisioner.report.plan.plan_view import PlanView, read_plan
from provisioner.report.plan.present_words import present_headline
from provisioner.report.plan.risks import guardrail_words, weakened
from provisioner.report.plan.terminal import totals
from provisioner.report.runbook.runbook import render_left
from provisioner.report.runbook.runbook_steps import needs_people

Answer = dict[str, Any]


def get_plan(served: PlannedEnvironment, arguments: Mapping[str, Any], preview: bool) -> Answer:
    """The environment's plan, one line that sums it up, what stands against carrying it out, what is left to people.

    `known` are the applications that the stack holds, as {name, sdkAppId, owner, onRemove, recording}: `removed` tells
    what becomes of those that no spec names any more, `guardrails` what the reviewed plan says that is protected worse,
    `present` what the console does now that was not asked of it by the last update, or by the reviewed plan's base.
    """
    view, answer = _judged(served, arguments.get("known") or (), preview)
    return {"plan": view.document, **answer}


def gate(served: PlannedEnvironment, arguments: Mapping[str, Any], preview: bool) -> Answer:
    """The same for this package's own program, in few values: Pulumi's SDK takes long over each.

    `known` is JSON text. Instead of the plan, `told` are the sentences to log, as {severity, text}, and `console` is
    whose plan it is.
    """
    view, answer = _judged(served, json.loads(arguments["known"]), preview)
    return {**answer, "console": view.document["console"], "told": list(_told(view.document))}


def _judged(served: PlannedEnvironment, known: Iterable[Mapping[str, Any]], preview: bool) -> tuple[PlanView, Answer]:
    held = [_managed(entry) for entry in known]
    plan, refused = served.plan(held, dict(_asked(known)))
    if not (refused or preview):
        served.settle(plan)
    planned = {entry.application.sdk_app_id for entry in plan.applications}
    planned |= {app.sdk_app_id for app in plan.environment.applications}  # a plan of what changed is not of all
    removed = [_removal(each, plan) for each in held if each.sdk_app_id not in planned]
    view = read_plan(document(plan))
    return view, {
        "summary": totals(view),
        "refused": refused,
        "people": _left_to_people(served, view),
        "removed": removed,
        "present": list(_present(view)),
        "guardrails": [printable(guardrail_words(change)) for change in weakened(read_plan(served.reviewed))]
        if served.reviewed
        else [],
    }


def _told(plan: Document) -> Iterator[Answer]:
    """Every finding in a sentence that begins with its place."""
    for subject in (plan, *plan["applications"]):
        whose = subject.get("name", subject.get("environment"))
        for finding in subject["findings"]:
            origin = finding["origin"]
            place = f"{origin['file']}:{origin['line']}:{origin['column']}: " if origin else ""
            text = printable(f"{place}{whose}: {finding['id']}: {finding['message']}")
            yield {"severity": finding["severity"], "text": text}


def _asked(known: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """What the stack's last update asked of each application; what no field can hold any more is left out."""
    for entry in known:
        if isinstance(recording := entry.get("recording"), dict):
            with suppress(ValueError):
                yield int(entry["sdkAppId"]), values(struct({"recording": recording}))


def _present(plan: PlanView) -> Iterator[str]:
    """The first words of every view, then each state by itself."""
    if now := present_headline([plan]):
        yield printable(now)
    for item in plan.present:
        finding = item.finding
        yield printable(f"{finding.application}: {finding.severity.name} {finding.id}: {finding.message}")


def _left_to_people(served: PlannedEnvironment, plan: PlanView) -> str:
    """Why an update cannot succeed where people change the console, in the words of `provisioner apply`; else ''."""
    left = 0 if served.console.capabilities().writes else sum(map(needs_people, plan.applications))
    return render_left(plan.environment, left, left) if left else ""


def _managed(entry: Mapping[str, Any]) -> Managed:
    name, owner = (str(entry.get(key, "")) for key in ("name", "owner"))
    return Managed(name, int(entry["sdkAppId"]), owner, stops=entry.get("onRemove") == STOP_AUTO)


def _removal(held: Managed, plan: Plan) -> Answer:
    """What removing a spec does to the console where it stops nothing; what it stops is a change of the plan."""
    if not held.stops:
        becomes = "the console keeps its settings, and nothing manages them"
    elif held.sdk_app_id in plan.settled:
        becomes = "the console does not record it automatically, nothing changes"
    else:
        becomes = "it goes on being recorded as the console has it"
    return {"stops": False, "message": f"{printable(held.name)} ({held.sdk_app_id}): its spec is gone: {becomes}"}


def get_application(served: PlannedEnvironment, arguments: Mapping[str, Any], _preview: bool) -> Answer:
    """What the console shows of one application."""
    sdk_app_id = arguments.get("sdkAppId")
    if not isinstance(sdk_app_id, (int, float)) or int(sdk_app_id) != sdk_app_id:
        raise UsageError("getApplication takes sdkAppId, a whole number")
    observed = served.read(int(sdk_app_id))
    return {
        "sdkAppId": observed.sdk_app_id,
        "name": observed.name,
        "generation": observed.generation or "",
        "recording": _shown(observed),
        "cannotVerify": dict(_unreadable(observed)),
        "console": served.console.label,
        "consolePage": served.page(observed.sdk_app_id),
    }


def get_applications(served: PlannedEnvironment, _: Mapping[str, Any], _preview: bool) -> Answer:
    """All applications of the account; `managed` are those that a spec describes."""
    managed = {app.sdk_app_id for app in served.environment.applications}
    listed = served.console.list_applications()
    return {
        "console": served.console.label,
        "applications": [
            {"sdkAppId": entry.sdk_app_id, "name": entry.name, "managed": entry.sdk_app_id in managed}
            for entry in listed
        ],
    }


FUNCTIONS = {
    tokens.GET_PLAN: get_plan,
    tokens.GATE: gate,
    tokens.GET_APPLICATION: get_application,
    tokens.GET_APPLICATIONS: get_applications,
}


def call(served: PlannedEnvironment, token: str, arguments: Mapping[str, Any], *, preview: bool) -> Answer:
    """The answer of the function `token`; a preview leaves no trace. Raises UsageError where there is none."""
    if token not in FUNCTIONS:
        raise UsageError(f"this provider has no function {printable(token)}{did_you_mean(token, FUNCTIONS)}")
    return FUNCTIONS[token](served, arguments, preview)


def _shown(observed: Observed) -> Answer:
    fields = {
        path: shown
        for path, shown in observed.fields.items()
        if shown is not None and not isinstance(shown, Unreadable) and not FIELDS[path].secret
    }
    shown: Answer = nest(fields).get("recording", {})
    return shown


def _unreadable(observed: Observed) -> Iterator[tuple[str, str]]:
    for path, shown in observed.fields.items():
        if isinstance(shown, Unreadable):
            yield path, shown.reason
