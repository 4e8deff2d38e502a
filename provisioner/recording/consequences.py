"""What a change does to people and recordings: each consequence's word, severity and sentences, in this one table.

A consequence is named by a word, because people write it: `intent: {stop-recording: …}`, `--allow stop-recording=APP`.
Which change of which field has which of them stands in `effects.py`, what the console does now in `present.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from provisioner.recording.findings import Severity

_SOON = "Rooms created after about 5 to 10 minutes"
_LOST = "what was not recorded cannot be recovered."


class Scope(Enum):
    """Whether a consequence concerns one application or an environment as a whole."""

    APPLICATION = "application"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One consequence. `fact` is what it rests on, with the source. What an `irreversible` one does cannot be undone.

    One of severity HIGH stops everything until it is acknowledged; `acknowledged` tells what an intent acknowledges
    then: "that …". `sentences` are by case; `{}` in them stands for what the change gives: `{changes}` for every field
    with its old and new value, `{before}` and `{after}` for the first one's.
    """

    id: str
    title: str
    severity: Severity
    fact: str
    sentences: Mapping[str, str] = field(default_factory=dict, hash=False)
    irreversible: bool = False
    scope: Scope = Scope.APPLICATION
    acknowledged: str = ""

    def says(self, case: str, **values: str) -> str:
        """The sentence of a case."""
        return self.sentences[case].format(**values)


STOP_RECORDING = Consequence(
    "stop-recording",
    "Rooms will no longer be recorded",
    Severity.HIGH,
    "A change takes effect for rooms created afterwards; what was not recorded cannot be recovered "
    "(on-cloud recording guide). It needs an intent in the spec, or --allow.",
    {
        "switched-off": f"{_SOON} will not be recorded; {_LOST}",
        "manual": f"{_SOON} will no longer be recorded automatically, only where the backend starts a recording; "
        + _LOST,
        "adopted": "The console stopped recording rooms that the spec wants recorded. Adopting that records nothing "
        "again: it makes it the team's decision, and what was not recorded meanwhile cannot be recovered. To go back, "
        "apply instead.",
        "removed": f"Its spec is gone, and it said onRemove: stop-auto. {_SOON} will no longer be "
        f"recorded automatically; {_LOST}",
    },
    irreversible=True,
    acknowledged="that this application stops being recorded",
)
START_RECORDING = Consequence(
    "start-recording",
    "Rooms will be recorded",
    Severity.MEDIUM,
    "Recording is charged by duration (billing page), and concerns whoever is in the room.",
    {"auto": f"{_SOON} will be recorded, every one of them: this costs money and concerns whoever is in them."},
)
ENABLED_FOR_GOOD = Consequence(
    "enabled-for-good",
    "Recording cannot be switched off again",
    Severity.MEDIUM,
    "New-type recording, once enabled, stays on; only automatic recording can be switched at will "
    "(console guide: function configuration).",
    {"enabled": "Recording of the new type cannot be switched off again once it is on; its mode can be changed."},
    irreversible=True,
)
SHORTER_IDLE_TIME = Consequence(
    "shorter-idle-time",
    "Recordings end sooner after everybody left",
    Severity.MEDIUM,
    "A recording ends when every anchor has been gone for longer than the idle time (on-cloud recording guide).",
    {"shorter": "A room that everybody left ends its file after {after} (was {before})."},
)
SHORTER_RETENTION = Consequence(
    "shorter-retention",
    "New files are deleted sooner",
    Severity.MEDIUM,
    "VOD deletes a file for good when its time is over (TencentVod).",
    {"shorter": "New files are deleted after {after} (was {before})."},
    irreversible=True,
)
STORAGE_MOVED = Consequence(
    "storage-moved",
    "New files go elsewhere",
    Severity.MEDIUM,
    "Whoever fetches or deletes recordings looks for them where they were (policy).",
    {"changed": "New files go elsewhere: {changes}."},
)
STORAGE_REMOVED = Consequence(
    "storage-removed",
    "Files have nowhere to go",
    Severity.HIGH,
    "A recording without a storage is not kept (StorageParams).",
    {"changed": "New recordings have nowhere to go: {changes}. What is not stored cannot be recovered."},
    irreversible=True,
    acknowledged="that new recordings are not stored",
)
STORAGE_KEYS = Consequence(
    "storage-keys",
    "Other credentials write the files",
    Severity.MEDIUM,
    "The recorder writes to a bucket with these keys; where they may not, nothing is stored (CloudStorage).",
    {"changed": "Files are written with other credentials ({names}): where those may not write, nothing is stored."},
)
RETENTION_ENDS = Consequence(
    "retention-ends",
    "New files are deleted, which were kept for ever",
    Severity.HIGH,
    "VOD deletes a file for good when its time is over (TencentVod). What was kept for ever has nobody who expects "
    "that.",
    {"changed": "New files are deleted after {after}; so far they are kept for ever."},
    irreversible=True,
    acknowledged="that new files are deleted one day",
)
LESS_MEDIA = Consequence(
    "less-media",
    "Less of each room is recorded",
    Severity.HIGH,
    f"Sound, pictures or shared screens that are no part of a recording are lost: {_LOST}",
    {"changed": f"{_SOON} are recorded without part of what they send: {{changes}}; {_LOST}"},
    irreversible=True,
    acknowledged="that less of each room is recorded",
)
MORE_MEDIA = Consequence(
    "more-media",
    "More of each room is recorded",
    Severity.MEDIUM,
    "What is recorded concerns whoever is in the room, and pictures cost more than sound (billing page).",
    {"changed": "More of each room is recorded, which concerns whoever is in it: {changes}."},
)
FEWER_USERS = Consequence(
    "fewer-users-recorded",
    "A recording holds fewer users",
    Severity.MEDIUM,
    "In a call of more users than mixed.maxUsers the streams beyond it are not recorded (TUICallKit cloud recording).",
    {
        "changed": "Of larger calls fewer users are recorded: {changes}. Nothing says how many calls have "
        "(expectedParticipants), or it still suffices."
    },
)
USERS_LEFT_OUT = Consequence(
    "users-left-out",
    "Users are missing from recordings",
    Severity.HIGH,
    "In a call of more users than mixed.maxUsers the streams beyond it are not recorded (TUICallKit cloud recording); "
    "a list of users says who is recorded at all (SubscribeStreamUserIds).",
    {"changed": f"Users of usual calls are no longer recorded: {{changes}}; {_LOST}"},
    irreversible=True,
    acknowledged="that some users of a call are not recorded",
)
MORE_USERS = Consequence(
    "more-users",
    "Users are recorded who were not",
    Severity.MEDIUM,
    "Being recorded concerns whoever is in the room (SubscribeStreamUserIds).",
    {"changed": "Users are recorded who were left out so far: {changes}."},
)
FORMAT_LOST = Consequence(
    "format-lost",
    "A file format is no longer written",
    Severity.MEDIUM,
    "Whoever plays, fetches or checks recordings expects their formats (policy); a file is not converted later.",
    {"changed": "New recordings lack a format: {changes}. Whoever plays or fetches it finds none."},
)
FILES_LOST = Consequence(
    "file-kind-lost",
    "One kind of file is no longer written",
    Severity.MEDIUM,
    "A mixed file and files of single streams are made by themselves, and none from the other (on-cloud recording "
    "guide).",
    {"changed": "New recordings lack the file of one kind (mixed, or of single streams): {changes}."},
)
FILES_RENAMED = Consequence(
    "files-renamed",
    "Files have other names",
    Severity.MEDIUM,
    "Whoever fetches or deletes recordings looks for them by their names (policy).",
    {"changed": "New files have other names: {changes}."},
)
LOWER_QUALITY = Consequence(
    "lower-quality",
    "Recordings have a lower quality",
    Severity.MEDIUM,
    "What a recording did not take of picture or sound cannot be recovered (VideoParams, AudioParams).",
    {"changed": "New recordings have a lower quality for good: {changes}."},
)
PROCESSING_CHANGED = Consequence(
    "processing-changed",
    "VOD does something else with each file",
    Severity.MEDIUM,
    "The task flow transcodes, checks or publishes each new file (TencentVod).",
    {"changed": "VOD does something else with each new file: {changes}."},
)
CALLBACK_EXPOSED = Consequence(
    "callback-exposed",
    "Recording events travel unencrypted",
    Severity.HIGH,
    "An event names the room, its users and the address of each file; over http anybody on the way reads it "
    "(recording callbacks).",
    {"changed": "Recording events, with users and addresses of files, travel unencrypted: {changes}."},
    irreversible=True,
    acknowledged="that recording events travel unencrypted",
)
CALLBACK_MOVED = Consequence(
    "callback-moved",
    "Recording events go to another host",
    Severity.MEDIUM,
    "An event names the room, its users and the address of each file (recording callbacks).",
    {"changed": "Recording events, with users and addresses of files, go to a host that did not have them: {changes}."},
)
CALLBACK_LOST = Consequence(
    "callback-lost",
    "Recording events no longer arrive where they did",
    Severity.MEDIUM,
    "Only an event tells that a recording failed or where its file is (recording callbacks).",
    {
        "changed": "Recording events no longer arrive where they did: {changes}. Nobody is told there of a recording "
        "that failed."
    },
)
CALLBACK_KEY = Consequence(
    "callback-key",
    "Recording events are signed otherwise",
    Severity.MEDIUM,
    "Whoever receives events checks their signature with this key (recording callbacks).",
    {"changed": "Recording events are signed with another key, or with none ({names}): whoever checks them must know."},
)
RULES_OF_CALLS = Consequence(
    "controller-rules",
    "Other recordings are started or stopped over REST",
    Severity.MEDIUM,
    "In manual mode these settings say which rooms are recorded, until when, and by whom (CreateCloudRecording).",
    {"changed": "From the next call on recordings over REST start, stop or sign in otherwise: {changes}."},
)
MAX_CHANGES = Consequence(
    "max-changes",
    "A plan changes more than the environment's limits allow",
    Severity.HIGH,
    "Policy: a mistake in a template or in a script reaches every application at once; `limits` in environment.yaml "
    "says how many are no surprise; in production 30 % are the limit where it says nothing. It needs an intent in "
    "environment.yaml, or --allow max-changes.",
    scope=Scope.ENVIRONMENT,
    acknowledged="that a plan exceeds this environment's limits",
)
UNUSED_INTENT = Consequence(
    "unused-intent",
    "An intent acknowledges something that the plan does not do",
    Severity.LOW,
    "Policy: an acknowledgement is for one change. Left behind, it would let the next one pass unread.",
    {
        "unused": "This plan has no {consequence} for the intent to acknowledge; remove it, or the next one passes "
        "unread."
    },
)

CONSEQUENCES: Mapping[str, Consequence] = MappingProxyType(
    {
        each.id: each
        for each in (
            STOP_RECORDING,
            START_RECORDING,
            ENABLED_FOR_GOOD,
            SHORTER_IDLE_TIME,
            SHORTER_RETENTION,
            STORAGE_MOVED,
            STORAGE_REMOVED,
            STORAGE_KEYS,
            RETENTION_ENDS,
            LESS_MEDIA,
            MORE_MEDIA,
            FEWER_USERS,
            USERS_LEFT_OUT,
            MORE_USERS,
            FORMAT_LOST,
            FILES_LOST,
            FILES_RENAMED,
            LOWER_QUALITY,
            PROCESSING_CHANGED,
            CALLBACK_EXPOSED,
            CALLBACK_MOVED,
            CALLBACK_LOST,
            CALLBACK_KEY,
            RULES_OF_CALLS,
            MAX_CHANGES,
            UNUSED_INTENT,
        )
    }
)
"""Every consequence by its word, in the order of the docs."""


def acknowledgeable(scope: Scope) -> Mapping[str, Consequence]:
    """Those of a scope that stop a plan until an intent, or `--allow`, says that they are meant."""
    return {word: each for word, each in CONSEQUENCES.items() if each.acknowledged and each.scope is scope}
