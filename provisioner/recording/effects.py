"""What a change of which field does, and what the same difference means while it stands in the console: one table.

An entry holds for a field or for a whole block; the longest path that fits counts. Each kind of change has an effect:
what carrying it out does to recordings, and, where somebody made that change in the console, what the console does now.
docs/consequences.md is written from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from urllib.parse import urlsplit

from provisioner.recording import consequences as change
from provisioner.recording import present
from provisioner.recording.consequences import Consequence
from provisioner.recording.field import Field
from provisioner.recording.fields import FIELDS, SETTINGS, find, pattern
from provisioner.recording.quantities import Quantity
from provisioner.recording.storages import STORAGES
from provisioner.recording.value_types import Amount, Flag, References, Texts, Value, Whole, Word, Words


class ChangeKind(Enum):
    """How a field changes; the value completes "it …"."""

    ENDS = "is no longer for ever"
    BELOW_CALLS = "falls below expectedParticipants"
    INSECURE = "is not https"
    HOST = "names another host"
    FEWER = "covers less"
    LOWER = "becomes less"
    OFF = "is switched off"
    UNSET = "is removed"
    SET = "is set"
    ON = "is switched on"
    HIGHER = "becomes more"
    MORE = "covers more"
    SECURE = "is https now"
    OTHER = "is another value"


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change `does` when it is carried out, None where nothing is lost by it and nobody concerned.

    `now` is what the console does where somebody made this very change in it; None where no console shows the field.
    """

    does: Consequence | None
    now: Consequence | None


class Changed(NamedTuple):
    """One field's change; None stands for "not set"."""

    path: str
    before: Value | None
    after: Value | None


_K = ChangeKind
Entry = Mapping[ChangeKind | None, ChangeEffect]
"""Effects by kind; None is for every kind that is not named."""

_HARMLESS = ChangeEffect(None, present.DIFFERS)
_STARTS = ChangeEffect(change.START_RECORDING, present.RECORDING_UNWANTED)
_STOPS = ChangeEffect(change.STOP_RECORDING, present.NOT_RECORDING)
_MORE_MEDIA = ChangeEffect(change.MORE_MEDIA, present.MEDIA_UNWANTED)
_LESS_MEDIA = ChangeEffect(change.LESS_MEDIA, present.MEDIA_MISSING)
_FEWER = ChangeEffect(change.FEWER_USERS, present.FEWER_USERS_NOW)
_LEFT_OUT = ChangeEffect(change.USERS_LEFT_OUT, present.USERS_MISSING)
_MORE_USERS = ChangeEffect(change.MORE_USERS, present.USERS_UNWANTED)
_FILE_LOST = ChangeEffect(change.FILES_LOST, present.FILES_MISSING)
_MOVED = ChangeEffect(change.STORAGE_MOVED, present.STORAGE_ELSEWHERE)
_KEYS = ChangeEffect(change.STORAGE_KEYS, present.STORAGE_KEYS_DIFFER)
_WORSE = ChangeEffect(change.LOWER_QUALITY, present.QUALITY_LOWER)
_EVENTS_MOVED = ChangeEffect(change.CALLBACK_MOVED, present.EVENTS_ELSEWHERE)
_SOONER = ChangeEffect(change.SHORTER_RETENTION, present.FILES_LOST_SOONER)
_LONGER = ChangeEffect(None, present.FILES_KEPT_LONGER)
_ELSEWHERE: Entry = {None: _MOVED}
_STREAMS: Entry = {_K.FEWER: _LESS_MEDIA, _K.MORE: _MORE_MEDIA, None: _HARMLESS}
_QUALITY: Entry = {_K.LOWER: _WORSE, None: _HARMLESS}
_CONTRACT: Entry = {None: ChangeEffect(change.RULES_OF_CALLS, None)}
_ANY: Entry = {None: _HARMLESS}
_ALLOW: Entry = {_K.FEWER: _LEFT_OUT, _K.SET: _LEFT_OUT, _K.MORE: _MORE_USERS, _K.UNSET: _MORE_USERS}
_BLOCK: Entry = {_K.MORE: _LEFT_OUT, _K.SET: _LEFT_OUT, _K.FEWER: _MORE_USERS, _K.UNSET: _MORE_USERS}

NO_SETTING: Mapping[str, str] = {
    "/name": "No setting: it pairs environments. Removing or renaming a file is a guardrail (docs/security.md).",
    "/sdkAppId": "No setting: another application is meant. It is a guardrail (docs/security.md).",
    "/owner": "No setting: who is asked. It is a guardrail (docs/security.md).",
    "/aliases": "No setting: it pairs environments.",
    "/onRemove": "No setting: what a removal would do. It is a guardrail (docs/security.md).",
    "/recording/backendRecords": "In no console: what the business backend does. A rule tells that auto records twice.",
    "/recording/expectedParticipants": "In no console: what calls have. A rule holds it against mixed.maxUsers.",
    "/calls/sdkSecretKeyRef": "In no console: what the administrator's UserSig is made of.",
    "/calls/admin": "In no console: as whom the webhook of calls is read and set.",
    "/recording/template": "In no console: each setting that another template gives is a change of its own.",
}
"""Fields that no console and no recorder has, and who tells of their change."""

_BY_SETTING: Mapping[str, Entry] = {
    "/media": _STREAMS,
    "/formats": {_K.FEWER: ChangeEffect(change.FORMAT_LOST, present.FORMAT_MISSING), None: _HARMLESS},
    "/maxIdleTime": {_K.LOWER: ChangeEffect(change.SHORTER_IDLE_TIME, present.RECORDINGS_END_SOONER), None: _HARMLESS},
    "/maxFileDuration": _ANY,
    "/fileNamePrefix": {None: ChangeEffect(change.FILES_RENAMED, present.FILES_NAMED_OTHERWISE)},
    "/resourceExpiry": _CONTRACT,
    "/subscribe/mixRobot": _ANY,
    "/subscribe/audio/allow": _ALLOW,
    "/subscribe/audio/block": _BLOCK,
    "/subscribe/video/allow": _ALLOW,
    "/subscribe/video/block": _BLOCK,
    "/single": _ANY,
    "/single/streams": {**_STREAMS, _K.UNSET: _FILE_LOST},
    "/mixed/maxUsers": {_K.LOWER: _FEWER, _K.BELOW_CALLS: _LEFT_OUT, _K.UNSET: _FILE_LOST, None: _HARMLESS},
    "/mixed/streams": _STREAMS,
    "/mixed/fill": _ANY,
    "/mixed/layout": _ANY,
    "/mixed/layout/panes/*/user": {_K.UNSET: _LEFT_OUT, None: _HARMLESS},
    "/mixed/video": _QUALITY,
    "/mixed/video/gop": _ANY,
    "/mixed/audio": _QUALITY,
    "/storage/vendor": {
        _K.UNSET: ChangeEffect(change.STORAGE_REMOVED, present.NOT_STORED),
        _K.SET: ChangeEffect(None, present.STORAGE_ELSEWHERE),
        None: _MOVED,
    },
    "/storage/vod": {None: ChangeEffect(change.PROCESSING_CHANGED, present.PROCESSING_DIFFERS)},
    "/storage/vod/subAppId": _ELSEWHERE,
    "/storage/vod/region": _ELSEWHERE,
    "/storage/vod/retention": {
        _K.ENDS: ChangeEffect(change.RETENTION_ENDS, present.FILES_DELETED),
        _K.LOWER: _SOONER,
        _K.UNSET: _LONGER,
        _K.SET: _SOONER,
        _K.HIGHER: _LONGER,
    },
    **{f"/storage/{storage.word}": _ELSEWHERE for storage in STORAGES.values() if storage.bucket},
    **{
        f"/storage/{storage.word}/{key}": {None: _KEYS}
        for storage in STORAGES.values()
        if storage.bucket
        for key in ("accessKeyRef", "secretKeyRef")
    },
    "/callback/url": {
        _K.INSECURE: ChangeEffect(change.CALLBACK_EXPOSED, present.EVENTS_EXPOSED),
        _K.HOST: _EVENTS_MOVED,
        _K.SET: _EVENTS_MOVED,
        _K.SECURE: _HARMLESS,
        None: ChangeEffect(change.CALLBACK_LOST, present.EVENTS_MISSING),
    },
    "/callback/keyRef": {None: ChangeEffect(change.CALLBACK_KEY, present.EVENTS_SIGNED_OTHERWISE)},
}

EFFECTS: Mapping[str, Entry] = {
    "/recording/enabled": {
        _K.ON: ChangeEffect(change.ENABLED_FOR_GOOD, present.SWITCHED_ON),
        None: _STOPS,
    },
    "/recording/mode": {_K.FEWER: _STOPS, _K.UNSET: _STOPS, None: _STARTS},
    "/recording/manual": _CONTRACT,
    **{SETTINGS + path: entry for path, entry in _BY_SETTING.items()},
    "/calls/webhook/url": _BY_SETTING["/callback/url"],
    "/calls/webhook/events": {
        _K.FEWER: ChangeEffect(change.CALLBACK_LOST, present.EVENTS_MISSING),
        _K.UNSET: ChangeEffect(change.CALLBACK_LOST, present.EVENTS_MISSING),
        None: _HARMLESS,
    },
}
"""Effects by field or block."""

_EVENTS = (f"{SETTINGS}/callback/url", "/calls/webhook/url")
_HEADS = {
    f"{SETTINGS}/{block}": f"{SETTINGS}/{head}"
    for block, head in {
        "single": "single/streams",
        "mixed": "mixed/maxUsers",
        "storage": "storage/vendor",
        "callback": "callback/url",
    }.items()
}
"""The field that says whether a block is there at all: where it comes or goes, the rest of the block is no news."""

_PARTS: Mapping[str, frozenset[str]] = {
    "auto": frozenset({"every room"}),
    "manual": frozenset(),
    "audio-video": frozenset({"audio", "video"}),
    "main-and-aux": frozenset({"main", "aux"}),
}
"""What a word records, where it is not just itself."""


def entry_of(path: str) -> Entry:
    """The entry of a field; an empty one where the table has none."""
    known = pattern(path)
    while known:
        if known in EFFECTS:
            return EFFECTS[known]
        known = known.rpartition("/")[0]
    return {}


def effect(path: str, kind: ChangeKind) -> ChangeEffect | None:
    """What one kind of change of one field does; None where nobody said."""
    entry = entry_of(path)
    return entry.get(kind) or entry.get(None)


def kinds(path: str, before: Value | None, after: Value | None, participants: int | None = None) -> set[ChangeKind]:
    """How a field changed, in all ways that count; `participants` is how many calls have, None where nobody says."""
    if before is None or after is None:
        bare = {_K.INSECURE} if path in _EVENTS and _address(str(after))[0] != "https" else set()
        return {_K.SET, *bare} if before is None else {_K.UNSET}
    if isinstance(before, bool):
        return {_K.ON} if after else {_K.OFF}
    if isinstance(before, Quantity) and isinstance(after, Quantity):
        if before.amount is None:
            return {_K.ENDS}
        return {_K.LOWER} if after < before else {_K.HIGHER}
    if isinstance(before, int) and isinstance(after, int):
        few = path == _HEADS[f"{SETTINGS}/mixed"] and participants is not None and after < participants
        return {_K.HIGHER} if after > before else {_K.BELOW_CALLS} if few else {_K.LOWER}
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _sets(set(before), set(after))
    return _words(path, str(before), str(after))


def _words(path: str, before: str, after: str) -> set[ChangeKind]:
    field = find(path)
    if field is not None and _parted(field):
        return _sets(_PARTS.get(before, {before}), _PARTS.get(after, {after}))
    if path not in _EVENTS:
        return {_K.OTHER}
    (old, host), (new, other) = _address(before), _address(after)
    found = {_K.HOST} if host != other else set()
    if old != new:
        found.add(_K.SECURE if new == "https" else _K.INSECURE)
    return found or {_K.OTHER}


def _address(url: str) -> tuple[str, str]:
    """Scheme and host with its port; of what is no address, itself: another one is another host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(":")[0].lower(), url
    return parts.scheme, parts.netloc.lower()


def _sets(before: Iterable[str], after: Iterable[str]) -> set[ChangeKind]:
    before, after = set(before), set(after)
    return {kind for kind, some in ((_K.FEWER, before - after), (_K.MORE, after - before)) if some}


def _parted(field: Field) -> bool:
    return isinstance(field.kind, Word) and any(word in _PARTS for word in field.kind.choices)


def effects(changed: Iterable[Changed], participants: int | None = None) -> Iterator[tuple[ChangeEffect, Changed]]:
    """Each effect of what `changed` in one application, with the field; what its block's coming or going says, once."""
    changes = {one.path: one for one in changed}
    for one in changes.values():
        if not any(_news(changes.get(head), head) for head in _heads(one.path)):
            ways = kinds(*one, participants)
            found = dict.fromkeys(effect(one.path, kind) or _HARMLESS for kind in ChangeKind if kind in ways)
            if len(found) > 1:  # what loses one thing and gains another is told by its loss
                found.pop(_HARMLESS, None)
            yield from ((each, one) for each in found)


def _heads(path: str) -> Iterator[str]:
    return (head for block, head in _HEADS.items() if path.startswith(f"{block}/") and path != head)


def _news(head: Changed | None, path: str) -> bool:
    """Whether a block comes or goes as a whole; of another storage nothing is the same."""
    if head is None:
        return False
    return head.before is None or head.after is None or path == _HEADS[f"{SETTINGS}/storage"]


def possible_kinds(field: Field) -> tuple[ChangeKind, ...]:
    """Every kind of change that a field can have, in the order of ChangeKind."""
    kind = field.kind
    found = {_K.SET, _K.UNSET}
    if isinstance(kind, Flag):
        found |= {_K.ON, _K.OFF}
    elif isinstance(kind, (Whole, Amount)):
        found |= {_K.LOWER, _K.HIGHER}
        found |= {_K.ENDS} if isinstance(kind, Amount) and kind.forever else set()
        found |= {_K.BELOW_CALLS} if field.path == _HEADS[f"{SETTINGS}/mixed"] else set()
    elif isinstance(kind, (Words, Texts, References)) or _parted(field):
        found |= {_K.FEWER, _K.MORE}
    elif field.path in _EVENTS:
        found |= {_K.INSECURE, _K.SECURE, _K.HOST, _K.OTHER}
    else:
        found |= {_K.OTHER}
    return tuple(each for each in ChangeKind if each in found)


def decides(path: str) -> bool:
    """Whether a field says if an application is recorded at all: where it is not shown, nobody can tell."""
    return path in ("/recording/enabled", "/recording/mode")


def told_fields() -> Iterator[Field]:
    """Every field whose change has effects of its own."""
    return (field for field in FIELDS.values() if field.path not in NO_SETTING)
