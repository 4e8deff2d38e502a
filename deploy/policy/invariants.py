"""What a production application's inputs must be: pure functions from inputs to a reason, or None where they are fine.

`inputs` is a resource as Pulumi hands it to a policy: an effective application, each value as specs write it. The
library's names stay out of this module, so that it runs, and is tested, without the pack's virtual environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Inputs = Mapping[str, Any]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"([0-9]+)([smhd])")


def records(inputs: Inputs) -> str | None:
    """Recorded by the console, or by a backend that says so."""
    recording = inputs.get("recording", {})
    if not recording.get("enabled"):
        return "recording is off"
    if recording.get("mode") == "auto" or recording.get("backendRecords"):
        return None
    return "rooms are recorded by nobody: use `mode: auto`, or say `backendRecords: true` where the backend records"


def keeps_files(inputs: Inputs, days: float) -> str | None:
    """Files of automatic recordings are kept in VOD for at least `days`. What a bucket keeps is the bucket's affair."""
    recording = inputs.get("recording", {})
    storage = recording.get("settings", {}).get("storage", {})
    if recording.get("mode") != "auto" or storage.get("vendor") != "vod":
        return None
    retention = storage.get("vod", {}).get("retention", "forever")  # VOD's own default
    if retention == "forever":
        return None
    stated = _DURATION.fullmatch(str(retention))
    if stated is None:
        return f"storage.vod.retention is no duration: {retention!r}"
    if int(stated[1]) * _SECONDS[stated[2]] >= days * _SECONDS["d"]:
        return None
    return f"storage.vod.retention is {retention}, and production keeps recordings for {days:.0f}d at least"


def calls_back_over_https(inputs: Inputs, required: bool) -> str | None:
    """Recording events travel encrypted; with `required` they are asked for."""
    recording = inputs.get("recording", {})
    if recording.get("mode") != "auto":
        return None
    url = recording.get("settings", {}).get("callback", {}).get("url")
    if url is None:
        return "callback.url is not set, so nobody hears of a recording that failed" if required else None
    return None if str(url).lower().startswith("https://") else "callback.url is not https: events travel unencrypted"


def has_owner(inputs: Inputs, prefix: str) -> str | None:
    """Somebody answers for the application: an owner that begins with `prefix`, such as `@acme/`."""
    owner = str(inputs.get("owner") or "")
    if not owner:
        return "owner is not set"
    return None if owner.startswith(prefix) else f"owner {owner} does not begin with {prefix}"


def is_retained(inputs: Inputs) -> str | None:
    """Removing the spec leaves the console as it is."""
    if inputs.get("onRemove", "retain") == "retain":
        return None
    return "onRemove is not retain: removing the spec's file would stop recording"
