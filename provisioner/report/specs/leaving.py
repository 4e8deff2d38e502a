"""What an environment leaves behind for people who go on without this tool: words and documents, all read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.foundation.errors import UsageError
from provisioner.recording.application import Application
from provisioner.recording.document import nest
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.report.specs.effective import render_yaml
from provisioner.report.specs.rest_requests import create_cloud_recording
from provisioner.report.text.json_text import json_text
from provisioner.report.text.markdown import code, escape
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.journal import BucketJournal
from provisioner.specs.layout import state_folder

ROOM = "ROOM_ID"


@dataclass(frozen=True, slots=True)
class LeftApplication:
    """One application as its console showed it: values by path, what differs from the spec, what is not shown."""

    shown: Mapping[str, Value]
    differs: Sequence[str]
    unverified: Sequence[str]


@dataclass(frozen=True, slots=True)
class Leaving:
    """One environment. `applications` are those that the console showed, by name; `unreadable` says why none was.

    `journal` is what was ever written to it, or why that cannot be said. `unmanaged` is None where nobody can list it.
    """

    environment: Environment
    console: str
    applications: Mapping[str, LeftApplication]
    unreadable: str
    unmanaged: Sequence[str] | None
    journal: Sequence[Mapping[str, Any]] | str


def leaving_files(leaving: Leaving) -> dict[str, str]:
    """Documents for the archive, by path below its folder."""
    env = leaving.environment
    found = leaving.applications.items()
    shown = {name: {"differs": [*map(short, app.differs)], **nest(app.shown)} for name, app in found}
    files = {
        f"{env.name}/specs.yaml": render_yaml(env.applications),
        f"{env.name}/console.json": json_text({"console": leaving.console, "applications": shown}),
    }
    if not isinstance(leaving.journal, str):
        files[f"{env.name}/history.json"] = json_text([*leaving.journal])
    for app in env.applications:
        if request := _request(env, app):
            files[f"{env.name}/requests/{app.name}.json"] = json_text(request)
    return files


def render_leaving(everything: Sequence[Leaving], files: Sequence[str]) -> str:
    """The page that says what remains, what stops, and what is to be deleted; `files` are those of this project."""
    lines = ["# Leaving", "", "Nothing was written to a console, and nothing was deleted.", "", "## What remains", ""]
    lines += [line for leaving in everything for line in _remains(leaving)]
    lines += ["## What stops with this tool", ""]
    lines += [f"- {what}" for what in _stops(everything)]
    lines += ["", "## What to delete", ""]
    lines += [f"{number}. {what}" for number, what in enumerate(_to_delete(everything, files), 1)]
    return "\n".join([*lines, "", "Every step with its reason: docs/leaving.md, `provisioner eject --help`.", ""])


def _remains(leaving: Leaving) -> Iterator[str]:
    env = leaving.environment
    yield from (f"### {escape(env.name)}", "", f"On the {escape(leaving.console)}:", "")
    if leaving.unreadable:
        yield f"- **The console could not be read** ({escape(leaving.unreadable)}): what remains there is not known."
    for app in env.applications:
        yield f"- {code(app.name)} ({app.sdk_app_id}): {_state(leaving.applications.get(app.name))}"
    if leaving.unmanaged is None:
        yield "- What else the account holds cannot be listed here."
    elif leaving.unmanaged:
        yield f"- Never managed: {', '.join(map(escape, leaving.unmanaged))}."
    yield ""


def _state(left: LeftApplication | None) -> str:
    if left is None:
        return "what the console holds is not known"
    if left.shown.get("/recording/enabled") is not True:
        words = "recording is off"
    elif left.shown.get("/recording/mode") == "auto":
        words = "every room goes on being recorded automatically"
    else:
        words = "rooms are recorded only where a backend starts it over REST"
    if left.differs:
        count = f"{len(left.differs)} setting{'s' if len(left.differs) > 1 else ''}"
        words += f"; the console differs from the spec in {count}, and what it holds is what remains"
    if left.unverified:
        words += f"; {', '.join(map(short, left.unverified))}: it does not show what it holds"
    return words


def _stops(everything: Sequence[Leaving]) -> Iterator[str]:
    yield "Drift is noticed by nobody, changes are reviewed by nobody, nothing is promoted."
    for leaving in everything:
        env = leaving.environment
        by_hand = [app.name for app in env.applications if app.records and not app.automatic]
        if env.controller and by_hand:
            yield (
                f"**Recording of {', '.join(map(code, by_hand))} in {escape(env.name)} ends with the controller**: "
                f"let a backend send the requests in {env.name}/requests first."
            )


def _to_delete(everything: Sequence[Leaving], files: Sequence[str]) -> Iterator[str]:
    yield "Stop what runs by itself: the forge's workflows, the operator, the controller."
    yield (
        "Pulumi's stacks, where there are any: `pulumi destroy --stack ENV`, which writes nothing to a console, then "
        "`pulumi stack rm ENV`."
    )
    yield "The keys and roles that only this tool used (`provisioner doctor ENV` printed their policies)."
    for leaving in everything:
        if isinstance(leaving.journal, str):
            yield f"Not in this archive: the journal of {escape(leaving.environment.name)} ({escape(leaving.journal)})."
        else:
            yield f"The journal of {escape(leaving.environment.name)}: {code(_place(leaving.environment))}."
    yield "On the forge: the drift and runbook issues, required statuses, secrets and environments of the workflows."
    yield f"In this repository: {', '.join(map(code, files))}." if files else "In this repository: its specs."


def _place(env: Environment) -> str:
    """Where the journal is kept."""
    if isinstance(env.journal, BucketJournal):
        return f"s3://{env.journal.bucket}/{env.journal.prefix}"
    return env.journal.path or (state_folder(Path(), env.name) / "journal").as_posix()


def _request(env: Environment, app: Application) -> Any:
    try:
        return create_cloud_recording(env, app, room=ROOM, numbered=False)
    except UsageError:
        return None  # the console records it by itself, or nobody does
