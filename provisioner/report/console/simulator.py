"""A simulated console as text and as JSON: what it holds, what a call would leave behind, its faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from provisioner.console.embedded.live_call import LiveCall
from provisioner.console.embedded.rehearsal import Rehearsed
from provisioner.console.embedded.state_file import Held
from provisioner.console.port import Unreadable
from provisioner.foundation.text_safety import printable
from provisioner.recording.document import nest
from provisioner.recording.fields import SETTINGS
from provisioner.recording.paths import short
from provisioner.recording.value_types import text
from provisioner.report.text.amounts import clock
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.simulator.calls import Rehearsal, SimulatedFile, TimelineEntry
from provisioner.simulator.calls.rehearsal import reason
from provisioner.simulator.faults import SetFault


def held_document(environment: str, found: Sequence[Held]) -> dict[str, Any]:
    """What a simulated console holds; what the binding cannot decode stands in `unreadable` with the reason."""
    return {"environment": environment, "applications": [_held(entry) for entry in found]}


def _held(entry: Held) -> dict[str, Any]:
    app, settings = entry.application, {p: v for p, v in entry.fields.items() if p.startswith(SETTINGS)}
    values = {
        path: value for path, value in settings.items() if value is not None and not isinstance(value, Unreadable)
    }
    return {
        "sdkAppId": app.sdk_app_id,
        "name": app.name,
        "generation": app.generation,
        "enabled": app.enabled,
        "mode": app.mode,
        "settings": None if app.template is None else nest(values).get("recording", {}).get("settings", {}),
        "unreadable": {short(p): value.reason for p, value in settings.items() if isinstance(value, Unreadable)},
    }


def render_held(environment: str, found: Sequence[Held], style: Style = plain) -> str:
    """A block for each application, a line for each setting."""
    lines = [style(f"{environment} on the simulated console", "title")]
    for entry in found:
        app = entry.application
        switch = f"recording {'on' if app.enabled else 'off'}, {app.mode}"
        lines += ["", f"{style(printable(app.name), 'title')} ({app.sdk_app_id}, {app.generation} type): {switch}"]
        if app.template is None:
            lines.append("  no template")
            continue
        rows = [
            (f"  {short(path)}", f"cannot be read: {value.reason}" if isinstance(value, Unreadable) else text(value))
            for path, value in entry.fields.items()
            if path.startswith(SETTINGS) and value is not None
        ]
        lines.extend(map(printable, aligned(rows)))
    return "\n".join(lines) + "\n"


def rehearsal_document(found: Rehearsed) -> dict[str, Any]:
    """A rehearsal; times are seconds of the call, `missing` are the users whose streams exceeded maxUsers."""
    return {
        "under": found.under,
        "people": found.call.people,
        "seconds": found.call.seconds,
        "silent": found.silent or None,
        "timeline": [asdict(moment) for moment in found.outcome.timeline],
        "files": [_file(file) for file in found.outcome.files],
        "missing": missing(found.outcome),
    }


def missing(outcome: Rehearsal) -> dict[str, float]:
    """Users whose streams were not recorded because maxUsers was reached, with seconds."""
    seconds: dict[str, float] = {}
    for _, take in outcome.takes:
        for span in take.spans:
            for user in span.left_out:
                seconds[user] = seconds.get(user, 0) + span.end - span.start
    return seconds


def _file(file: SimulatedFile) -> dict[str, Any]:
    return {
        "name": str(file.name),
        "beganAt": file.began_at,
        "seconds": file.seconds,
        "bytes": file.size,
        "users": list(file.users),
    }


def render_rehearsal(found: Rehearsed, style: Style = plain) -> str:
    """The timeline, the files, who is missing."""
    call, outcome = found.call, found.outcome
    lines = [style(f"A call of {call.people} for {clock(call.seconds)} under {printable(found.under)}", "title"), ""]
    lines.extend(
        f"  {clock(moment.at):>8}  {style(moment.text, 'change') if moment.recording else moment.text}"
        for moment in _told(outcome.timeline)
    )
    lines.append("")
    if not outcome.files:
        lines.append(style(f"No file is left behind{': ' + found.silent if found.silent else ''}.", "warning"))
        return "\n".join(lines) + "\n"
    lines.append(
        style(f"{len(outcome.files)} file{'s' * (len(outcome.files) > 1)} left behind (sizes nominal)", "title")
    )
    rows = [
        (
            f"  {clock(file.began_at)}",
            f"{clock(file.seconds)} long",
            f"{file.size / 1_000_000:.1f} MB",
            _people(file.users),
            printable(str(file.name)),
        )
        for file in outcome.files
    ]
    lines.extend(aligned(rows))
    for user, seconds in missing(outcome).items():
        lines.append(
            style(f"Missing: {user}, whose streams no file has for {clock(seconds)}: no place is free", "danger")
        )
    return "\n".join(lines) + "\n"


def _told(timeline: Iterable[TimelineEntry]) -> Iterator[TimelineEntry]:
    """Merges lines of one moment: what one user does, and users who do the same."""
    for (at, recording), moments in groupby(timeline, key=lambda moment: (moment.at, moment.recording)):
        if recording:
            yield from moments
            continue
        doings: dict[str, list[str]] = {}
        for moment in moments:
            who, _, what = moment.text.partition(" ")
            doings.setdefault(who, []).append(what)
        for what, same in groupby(doings, key=lambda who: ", ".join(doings[who])):
            people = tuple(same)
            yield TimelineEntry(at, f"{_people(people)}{':' * (len(people) > 1)} {what}")


def _people(users: Sequence[str]) -> str:
    return ", ".join(users) if len(users) < 3 else f"{users[0]} … {users[-1]} ({len(users)})"


def faults_document(standing: Sequence[SetFault]) -> list[dict[str, Any]]:
    """Faults with their number and how often they were drawn and struck, as JSON."""
    return [
        {"number": entry.number, **asdict(entry.fault), "drawn": entry.drawn, "struck": entry.struck}
        for entry in standing
    ]


def render_faults(standing: Sequence[SetFault]) -> str:
    """A line for each fault, with how often it struck."""
    if not standing:
        return "No faults are set.\n"
    rows = [
        (
            str(entry.number),
            entry.fault.kind,
            printable(", ".join(entry.fault.actions)) or "every action",
            f"{entry.fault.probability:g} of calls",
            f"{entry.fault.seconds:g} s" if entry.fault.seconds else "",
            f"struck {entry.struck}" + (f" of {entry.fault.count}" if entry.fault.count else ""),
        )
        for entry in standing
    ]
    return "\n".join(aligned(rows)) + "\n"


def live_call_document(address: str, found: LiveCall) -> dict[str, Any]:
    """What a controller made of a call."""
    return {
        "application": address,
        "controller": found.url,
        "room": found.room.room_id,
        "call": found.call,
        "start": found.began_by,
        "tasks": [
            {
                "taskId": task.task_id,
                "robot": task.robot,
                "seconds": None if task.ended_at is None else round(task.ended_at - task.started_at, 3),
                "leaveCode": None if task.code is None else int(task.code),
            }
            for task in found.tasks
        ],
        "files": [{"name": file.name, "seconds": file.details["seconds"]} for file in found.files],
        "callbacks": asdict(found.callbacks),
    }


def render_live_call(address: str, found: LiveCall, style: Style = plain) -> str:
    """The chain from the call's beginning to its file, a line a step; what is missing is said."""
    began = {
        "backend": "the backend told the controller",
        "first-stream": "the first stream",
        "room-created": "the room",
    }
    told = found.callbacks
    lines = [style(f"{address} in room {printable(found.room.room_id)}, recorded by {found.url}", "title")]
    lines.append(f"  the call began: {began[found.began_by]}")
    if not found.tasks:
        lines.append(style("  NOT RECORDED: the controller started no task", "danger"))
    for task in found.tasks:
        started = "" if found.started_in is None or task is not found.tasks[0] else f" after {found.started_in:.1f} s"
        lines.append(f"  recording started{started}: task {task.task_id[:12]}…, robot {str(task.robot)[:12]}…")
        if task.ended_at is None or task.code is None:
            lines.append(style("  STILL RECORDING: nobody ended the task", "danger"))
        else:
            lines.append(
                f"  recording ended after {clock(round(task.ended_at - task.started_at))}: {reason(task.code)}"
            )
    lines += [f"  file {file.name} ({clock(round(file.details['seconds']))})" for file in found.files]
    if found.tasks and not found.files:
        lines.append(style("  NO FILE: nothing was stored", "danger"))
    lost = f", {told.given_up} given up" if told.given_up else ""
    waiting = f", {told.waiting} waiting" if told.waiting else ""
    lines.append(f"  callbacks: {told.answered} answered{lost}{waiting}")
    return "\n".join(lines) + "\n"
