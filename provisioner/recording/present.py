"""What a console does now that the specs do not want: each state's word, severity and sentence, in this one table.

They are consequences of a change that nobody reviewed: somebody's, in the console. So they are told by what is lost
at this moment, whatever carrying out a plan would repair. Which difference of which field is which of them stands in
`effects.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.recording.consequences import Consequence
from provisioner.recording.findings import Severity

_LOST = "what is not recorded cannot be recovered."
_EVENT = "An event names the room, its users and the address of each file (recording callbacks)."

NOT_RECORDING = Consequence(
    "not-recording",
    "Rooms are NOT being recorded",
    Severity.HIGH,
    "Rooms are recorded by what the console says when they are created; what is not recorded cannot be recovered "
    "(on-cloud recording guide).",
    {
        "switched-off": f"NOT being recorded: recording is switched off in the console; {_LOST}",
        "manual": "NOT being recorded: the specs say auto, the console says {shown}. Only what the backend starts is "
        f"recorded; {_LOST}",
        "one": "is NOT being recorded",
        "many": "are NOT being recorded",
    },
    irreversible=True,
)
RECORDING_UNWANTED = Consequence(
    "recording-unwanted",
    "Rooms are recorded that must not be",
    Severity.HIGH,
    "Being recorded concerns whoever is in a room, and is charged by duration (billing page).",
    {
        "off": "Every room IS being recorded, and the specs say that none is: this concerns whoever is in them.",
        "manual": "Every room IS being recorded, and the specs say manual: only those that the backend starts. This "
        "concerns whoever is in them, and what the backend records as well is recorded twice.",
        "one": "IS being recorded, and must not be",
        "many": "ARE being recorded, and must not be",
    },
    irreversible=True,
)
SWITCHED_ON = Consequence(
    "switched-on",
    "Recording is switched on",
    Severity.MEDIUM,
    "New-type recording, once enabled, stays on (console guide: function configuration).",
    {"on": "Recording is switched on in the console, and the specs say off."},
)
NOT_STORED = Consequence(
    "not-stored",
    "Recordings have nowhere to go",
    Severity.HIGH,
    "A recording without a storage is not kept (StorageParams).",
    {"now": "Recordings have nowhere to go: {changes}. What is not stored cannot be recovered."},
    irreversible=True,
)
MEDIA_MISSING = Consequence(
    "media-missing",
    "Part of each room is not recorded",
    Severity.HIGH,
    "Sound, pictures or shared screens that are no part of a recording cannot be recovered.",
    {"now": f"Part of what rooms send is NOT being recorded: {{changes}}; {_LOST}"},
    irreversible=True,
)
MEDIA_UNWANTED = Consequence(
    "media-unwanted",
    "More of each room is recorded than may be",
    Severity.HIGH,
    "What is recorded concerns whoever is in the room.",
    {"now": "More of each room is recorded than the specs say, which concerns whoever is in it: {changes}."},
    irreversible=True,
)
USERS_MISSING = Consequence(
    "users-missing",
    "Users are missing from recordings",
    Severity.HIGH,
    "In a call of more users than mixed.maxUsers the streams beyond it are not recorded (TUICallKit cloud recording).",
    {"now": f"Users of usual calls are NOT being recorded: {{changes}}; {_LOST}"},
    irreversible=True,
)
FEWER_USERS_NOW = Consequence(
    "fewer-users",
    "A recording holds fewer users than specified",
    Severity.MEDIUM,
    "In a call of more users than mixed.maxUsers the streams beyond it are not recorded (TUICallKit cloud recording).",
    {"now": "Of larger calls fewer users are recorded: {changes}."},
)
USERS_UNWANTED = Consequence(
    "users-unwanted",
    "Users are recorded who must not be",
    Severity.HIGH,
    "Being recorded concerns whoever is in the room (SubscribeStreamUserIds).",
    {"now": "Users are recorded whom the specs leave out: {changes}."},
    irreversible=True,
)
FILES_DELETED = Consequence(
    "files-deleted",
    "Files are deleted that are to be kept for ever",
    Severity.HIGH,
    "VOD deletes a file for good when its time is over (TencentVod).",
    {"now": "New files are deleted after {shown}, and the specs keep them for ever."},
    irreversible=True,
)
FILES_LOST_SOONER = Consequence(
    "files-lost-sooner",
    "Files are deleted sooner than specified",
    Severity.MEDIUM,
    "VOD deletes a file for good when its time is over (TencentVod).",
    {"now": "New files are deleted sooner: {changes}."},
    irreversible=True,
)
FILES_KEPT_LONGER = Consequence(
    "files-kept-longer",
    "Files are kept longer than specified",
    Severity.MEDIUM,
    "How long recordings of people may be kept is promised to them (policy).",
    {"now": "New files are kept longer than the specs say: {changes}."},
)
STORAGE_ELSEWHERE = Consequence(
    "storage-elsewhere",
    "Files go where no spec says",
    Severity.HIGH,
    "Whoever can read the place has the recordings; whoever fetches or deletes them looks elsewhere (policy).",
    {"now": "New files go where no spec says: {changes}."},
)
STORAGE_KEYS_DIFFER = Consequence(
    "storage-keys-differ",
    "Other credentials write the files",
    Severity.MEDIUM,
    "The recorder writes to a bucket with these keys; where they may not, nothing is stored (CloudStorage).",
    {"now": "Files are written with other credentials than specified: {names}."},
)
FORMAT_MISSING = Consequence(
    "format-missing",
    "A file format is not written",
    Severity.MEDIUM,
    "Whoever plays, fetches or checks recordings expects their formats (policy); a file is not converted later.",
    {"now": "New recordings lack a format: {changes}."},
)
FILES_MISSING = Consequence(
    "file-kind-missing",
    "One kind of file is not written",
    Severity.MEDIUM,
    "A mixed file and files of single streams are made by themselves, and none from the other (on-cloud recording "
    "guide).",
    {"now": "New recordings lack the file of one kind (mixed, or of single streams): {changes}."},
)
FILES_NAMED_OTHERWISE = Consequence(
    "files-named-otherwise",
    "Files have other names than specified",
    Severity.MEDIUM,
    "Whoever fetches or deletes recordings looks for them by their names (policy).",
    {"now": "New files have other names: {changes}."},
)
RECORDINGS_END_SOONER = Consequence(
    "recordings-end-sooner",
    "Recordings end sooner than specified",
    Severity.MEDIUM,
    "A recording ends when every anchor has been gone for longer than the idle time (on-cloud recording guide).",
    {"now": "Recordings end sooner after everybody left: {changes}. Whoever comes back starts another file."},
)
QUALITY_LOWER = Consequence(
    "quality-lower",
    "Recordings have a lower quality than specified",
    Severity.MEDIUM,
    "What a recording did not take of picture or sound cannot be recovered (VideoParams, AudioParams).",
    {"now": "Recordings have a lower quality: {changes}."},
)
PROCESSING_DIFFERS = Consequence(
    "processing-differs",
    "VOD does something else with each file",
    Severity.MEDIUM,
    "The task flow transcodes, checks or publishes each new file (TencentVod).",
    {"now": "VOD does something else with each new file: {changes}."},
)
EVENTS_EXPOSED = Consequence(
    "events-exposed",
    "Recording events travel unencrypted",
    Severity.HIGH,
    f"{_EVENT} Over http anybody on the way reads it.",
    {"now": "Recording events, with users and addresses of files, travel unencrypted: {changes}."},
    irreversible=True,
)
EVENTS_ELSEWHERE = Consequence(
    "events-elsewhere",
    "Recording events go to a host that no spec names",
    Severity.HIGH,
    _EVENT,
    {"now": "Recording events, with users and addresses of files, go to a host that no spec names: {changes}."},
    irreversible=True,
)
EVENTS_MISSING = Consequence(
    "events-missing",
    "Recording events do not arrive where the specs say",
    Severity.MEDIUM,
    "Only an event tells that a recording failed or where its file is (recording callbacks).",
    {
        "now": "Recording events do not arrive where the specs say, and nobody is told of a recording that failed: "
        "{changes}."
    },
)
EVENTS_SIGNED_OTHERWISE = Consequence(
    "events-signed-otherwise",
    "Recording events are signed otherwise",
    Severity.MEDIUM,
    "Whoever receives events checks their signature with this key (recording callbacks).",
    {
        "now": "Recording events are not signed as specified: {names}. Whoever checks them refuses them, or checks "
        "nothing."
    },
)
DIFFERS = Consequence(
    "settings-differ",
    "Settings are not as specified",
    Severity.LOW,
    "Nothing is lost by it, as far as this tool knows.",
    {"now": "Not as specified: {changes}."},
)

PRESENT: Mapping[str, Consequence] = MappingProxyType(
    {
        each.id: each
        for each in (
            NOT_RECORDING,
            RECORDING_UNWANTED,
            NOT_STORED,
            MEDIA_MISSING,
            MEDIA_UNWANTED,
            USERS_MISSING,
            USERS_UNWANTED,
            FILES_DELETED,
            STORAGE_ELSEWHERE,
            EVENTS_EXPOSED,
            EVENTS_ELSEWHERE,
            SWITCHED_ON,
            FEWER_USERS_NOW,
            FILES_LOST_SOONER,
            FILES_KEPT_LONGER,
            STORAGE_KEYS_DIFFER,
            FORMAT_MISSING,
            FILES_MISSING,
            FILES_NAMED_OTHERWISE,
            RECORDINGS_END_SOONER,
            QUALITY_LOWER,
            PROCESSING_DIFFERS,
            EVENTS_MISSING,
            EVENTS_SIGNED_OTHERWISE,
            DIFFERS,
        )
    }
)
"""Every one by its word, the highest severity first."""
