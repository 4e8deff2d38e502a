"""Where files and events go: settings that belong to an environment."""

from __future__ import annotations

from provisioner.recording.catalogue.vocabulary import REGION, SECRET, seconds, time
from provisioner.recording.field import MANUAL_ONLY, Field
from provisioner.recording.sources import API, CALLBACK_GUIDE
from provisioner.recording.value_types import Text, Whole, Word

_VOD = f"{API}: TencentVod"
_CLOUD = f"{API}: CloudStorage"
_CONTEXT_DISPUTED = "How long it may be is VOD's own limit (VOD API reference); recording's pages state none."

STORAGE = (
    Field(
        "/storage/vendor",
        Word(("vod", "cos", "s3")),
        "Where files go: VOD, Tencent COS or AWS S3. Only the block it names counts.",
        f"{API}: StorageParams",
    ),
    Field(
        "/storage/vod/subAppId",
        Whole(1, 9_999_999_999),
        "VOD application, of the standard type: files in a hosted one cannot be played from VOD's domain.",
        _VOD,
        disputed="The page lets it be left out for the account's main application; here it is always named.",
    ),
    Field(
        "/storage/vod/retention",
        time("1d", "3650d", 86_400, forever=True),
        "How long VOD keeps a file.",
        _VOD,
        default=seconds(None),
    ),
    Field(
        "/storage/vod/procedure", Text(r"^\S+$", "a task-flow template's name"), "VOD task flow run on each file.", _VOD
    ),
    Field("/storage/vod/classId", Whole(0, 2_147_483_647), "VOD category.", _VOD, default=0),
    Field("/storage/vod/region", REGION, "VOD storage region.", _VOD),
    Field(
        "/storage/vod/sessionContext",
        Text(r"\S", "a line of text", 1000),
        "Handed back by the callback of VOD's task flow.",
        _VOD,
        disputed=_CONTEXT_DISPUTED,
    ),
    Field(
        "/storage/vod/sourceContext",
        Text(r"\S", "a line of text", 250),
        "Handed back by the callback of VOD's upload.",
        _VOD,
        disputed=_CONTEXT_DISPUTED,
    ),
)

BUCKET = (
    Field("/region", REGION, "Bucket region.", _CLOUD),
    Field("/bucket", Text(r"^[a-z0-9][a-z0-9.-]{1,62}$", "a bucket name", 63), "Bucket name.", _CLOUD),
    Field(
        "/prefix",
        Text(r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", "folders of letters, digits, _ and -"),
        "Folder that files are written to.",
        _CLOUD,
    ),
    Field("/accessKeyRef", SECRET, "Access key, by reference.", _CLOUD, secret=True),
    Field("/secretKeyRef", SECRET, "Secret key, by reference.", _CLOUD, secret=True),
)

COMPATIBLE = (
    Field(
        "/endpoint",
        Text(
            r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+(:[0-9]{1,5})?$", "a host such as ACCOUNT.r2.cloudflarestorage.com", 253
        ),
        "Host of a store that speaks S3 and is not AWS.",
        _CLOUD,
        modes=MANUAL_ONLY,
        disputed="Only the newest API description of the international site has it (EndpointUrl).",
    ),
)

CALLBACK = (
    Field(
        "/callback/url",
        Text(r"^https?://\S+$", "an http or https address", 2083),
        "Receives recording events.",
        CALLBACK_GUIDE,
    ),
    Field(
        "/callback/keyRef",
        SECRET,
        "Key that signs recording events, by reference; at most 32 letters and digits.",
        CALLBACK_GUIDE,
        secret=True,
    ),
)
