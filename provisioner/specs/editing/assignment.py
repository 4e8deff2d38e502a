"""`PATH=VALUE` as people type it of something that a console shows: `maxIdleTime=30s`, `mode=manual`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Texts, Value, Words
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.observation import CONFIRMABLE
from provisioner.specs.yaml.reader import Malformed, read


def assignment(word: str, whose: str, among: Collection[str] = CONFIRMABLE) -> tuple[str, Value | None]:
    """The field, one of `among`, and its value, None where nothing follows the `=`. UsageError begins with `whose`."""
    name, equals, text = word.partition("=")
    if not equals:
        raise UsageError(f'{whose} takes PATH=VALUE, not "{printable(word)}"', fix="Write maxIdleTime=30s, say.")
    path = shown_field(name, among)
    if not text:
        return path, None
    try:
        return path, FIELDS[path].kind.parse(read(_listed(path, text).encode(), whose).plain())
    except Malformed as error:
        reason = "; ".join(finding.message for finding in error.findings)
    except ValueError as error:
        reason = str(error)
    raise UsageError(f"{whose} {short(path)} {printable(reason)}")


def _listed(path: str, text: str) -> str:
    """A list as people type it, `mp4,hls`, in the brackets that a spec has around it."""
    many = isinstance(FIELDS[path].kind, Words | Texts) and not text.lstrip().startswith("[")
    return f"[{text}]" if many else text


def edits(words: Iterable[str], whose: str) -> dict[str, Value | None]:
    """What `words` change of a console, secrets by reference; `BLOCK=` takes every setting of a block away."""
    found: dict[str, Value | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and not value and len(inside := _inside(name)) > 1:
            found |= dict.fromkeys(inside)
        else:
            path, new = assignment(word, whose, CONSOLE_WIRE)
            found[path] = new
    return found


def _inside(name: str) -> list[str]:
    """The settings in the block that `name` stands for."""
    below = name.replace(".", "/").strip("/")
    return [path for path in CONSOLE_WIRE if path.startswith(f"{SETTINGS}/{below}/")]


def shown_field(name: str, among: Collection[str] = CONFIRMABLE) -> str:
    """The field that `name` stands for: /recording/mode, recording.mode, mode, mixed.video.fps. Raises UsageError."""
    below = name.replace(".", "/").strip("/")
    for path in (f"/{below}", f"/recording/{below}", f"{SETTINGS}/{below}"):
        if path in among:
            return path
    known = [short(path) for path in among]
    raise UsageError(f'"{printable(name)}" is nothing that a console shows{did_you_mean(name, known)}')
