"""What an application's own file says outside `settings`."""

from __future__ import annotations

from provisioner.recording.catalogue.vocabulary import NAME
from provisioner.recording.field import Field, Mode, Moves
from provisioner.recording.sources import CONSOLE_GUIDE, GUIDE, PRODUCT
from provisioner.recording.value_types import Flag, Text, Texts, Whole, Word

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
    ),
    Field(
        "/recording/mode",
        Word(tuple(mode.value for mode in Mode)),
        "auto: every room records by the console's template. manual: the backend starts recordings over REST.",
        _CONSOLE,
        required=True,
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
)
