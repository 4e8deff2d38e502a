"""`PATH=VALUE` as people type it of something that a console shows: `maxIdleTime=30s`, `mode=manual`."""

from __future__ import annotations

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.specs.documents.observation import CONFIRMABLE
from provisioner.specs.yaml.reader import Malformed, read


def assignment(word: str, whose: str) -> tuple[str, Value | None]:
    """The field and its value, None where nothing follows the `=`. `whose` begins what UsageError says."""
    name, equals, text = word.partition("=")
    if not equals:
        raise UsageError(f'{whose} takes PATH=VALUE, not "{printable(word)}"', fix="Write maxIdleTime=30s, say.")
    path = shown_field(name)
    if not text:
        return path, None
    try:
        return path, FIELDS[path].kind.parse(read(text.encode(), whose).plain())
    except Malformed as error:
        reason = "; ".join(finding.message for finding in error.findings)
    except ValueError as error:
        reason = str(error)
    raise UsageError(f"{whose} {short(path)} {printable(reason)}")


def shown_field(name: str) -> str:
    """The field that `name` stands for: /recording/mode, recording.mode, mode, mixed.video.fps. Raises UsageError."""
    below = name.replace(".", "/").strip("/")
    for path in (f"/{below}", f"/recording/{below}", f"{SETTINGS}/{below}"):
        if path in CONFIRMABLE:
            return path
    known = [short(path) for path in CONFIRMABLE]
    raise UsageError(f'"{printable(name)}" is nothing that a console shows{did_you_mean(name, known)}')
