"""What an application's own file says outside `settings`."""

from __future__ import annotations

from provisioner.recording.catalogue.codecs import FLAG_CODE
from provisioner.recording.catalogue.vocabulary import CALLBACK_KEYS, NAME, SECRET
from provisioner.recording.field import MANUAL_ONLY, Field, Mode, Moves
from provisioner.recording.sources import API, CALLBACK_GUIDE, CONSOLE_GUIDE, GUIDE, PRODUCT
from provisioner.recording.value_types import Flag, Text, Texts, Whole, Word
from provisioner.recording.wire_codecs import Codes, Wire

_CONSOLE = f"{CONSOLE_GUIDE}; {GUIDE}"

APPLICATION = (
    Field(
        "/name",
        NAME,
        "Pairs the application across environments; the file's name.",
        PRODUCT,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/sdkAppId",
        Whole(1, 9_999_999_999),
        "The application's SDKAppId in this environment.",
        _CONSOLE,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/owner",
        Text(r"\S", "a team or person such as @acme/live-platform"),
        "Who is asked about this application.",
        PRODUCT,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/aliases",
        Texts(NAME, 16),
        "Names by which other environments, or earlier versions of this file, know the application.",
        PRODUCT,
        Moves.NEVER,
    ),
    Field(
        "/onRemove",
        Word(("retain", "stop-auto")),
        "What removing this file does to the console.",
        PRODUCT,
        Moves.NEVER,
        default="retain",
    ),
    Field(
        "/recording/enabled",
        Flag(),
        "Whether cloud recording is on. Once new-type recording is on, the console cannot switch it off.",
        _CONSOLE,
        required=True,
        wire=Wire("console: recording switch", FLAG_CODE),
    ),
    Field(
        "/recording/mode",
        Word(tuple(mode.value for mode in Mode)),
        "auto: every room records by the console's template. manual: the backend starts recordings over REST.",
        _CONSOLE,
        required=True,
        wire=Wire("console: recording mode", Codes({mode.value: mode.value for mode in Mode})),
    ),
    Field(
        "/recording/backendRecords",
        Flag(),
        "Whether the business backend also calls CreateCloudRecording. With auto that is two files and two fees.",
        _CONSOLE,
        default=False,
    ),
    Field(
        "/recording/expectedParticipants",
        Whole(1, 10_000),
        "The most people who publish in one room; checked against mixed.maxUsers.",
        PRODUCT,
    ),
    Field(
        "/recording/template",
        Text(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?@v[1-9][0-9]*$", "a pinned template such as call@v1", 80),
        "The template that the settings start from, with its version.",
        PRODUCT,
    ),
    Field(
        "/recording/manual/start",
        Word(("backend", "first-stream", "room-created")),
        "What makes the controller start a recording: the backend's word that a call began (TUICallKit: onCallBegin), "
        "the first stream that somebody sends in a room, or the room's creation.",
        GUIDE,
        required=True,
        modes=MANUAL_ONLY,
    ),
    Field(
        "/recording/manual/stop",
        Word(("dismissed", "idle")),
        "What ends a recording: the room's dismissal, at which the controller stops it, or maxIdleTime alone.",
        GUIDE,
        default="dismissed",
        modes=MANUAL_ONLY,
    ),
    Field(
        "/recording/manual/roomIds",
        Word(("number", "string")),
        "Whether the application's rooms have numbers or names. Number 1234 and name 1234 are two rooms, and a "
        "recording of the wrong one waits for nobody.",
        f"{API}: CreateCloudRecording",
        required=True,
        modes=MANUAL_ONLY,
    ),
    Field(
        "/recording/manual/sdkSecretKeyRef",
        SECRET,
        "The application's SDKSecretKey, by reference: the recording robot's UserSig is made of it.",
        f"{API}: CreateCloudRecording",
        Moves.NEVER,
        required=True,
        secret=True,
        modes=MANUAL_ONLY,
    ),
    Field(
        "/recording/manual/privateMapKey",
        Flag(),
        "Whether the application's rooms are entered with a PrivateMapKey (advanced permission control); the robot's "
        "is made of sdkSecretKeyRef too.",
        f"{API}: CreateCloudRecording",
        Moves.NEVER,
        default=False,
        modes=MANUAL_ONLY,
    ),
    Field(
        "/recording/manual/callbackKeyRefs",
        CALLBACK_KEYS,
        "Keys that sign this application's callbacks, by reference: one, or two while one replaces the other. Without "
        "them the environment's controller.callbackKeyRefs hold.",
        CALLBACK_GUIDE,
        Moves.NEVER,
        secret=True,
        modes=MANUAL_ONLY,
    ),
)
