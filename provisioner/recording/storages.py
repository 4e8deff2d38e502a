"""Every storage that recordings can go to: one entry each, which schema, wire, rules, diff, simulator and docs follow.

What lists the files of one is a module of `archive/files` with the same word; how a console calls its fields is that
console's data (`console/bindings`, `console/pages`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.recording.catalogue.vocabulary import REGION, SECRET, seconds, time
from provisioner.recording.field import MANUAL_ONLY, Field
from provisioner.recording.quantities import Dimension
from provisioner.recording.sources import (
    API,
    ON_CLOUD,
    ON_CLOUD_2022,
    ON_CLOUD_CHINESE,
    TEMPLATE_PROXY,
    Option,
)
from provisioner.recording.value_types import Text, Value, Whole
from provisioner.recording.wire_codecs import Count, FolderList, Number, String, Wire

_VOD = f"{API}: TencentVod"
_CLOUD = f"{API}: CloudStorage"
_CONTEXT_DISPUTED = "How long it may be is VOD's own limit (VOD API reference); recording's pages state none."
_VOD_ONLY = "VOD only"
_VOD_AND_COS = "VOD and COS only"


@dataclass(frozen=True, slots=True)
class StorageVendor:
    """One storage. `word` is its name in specs, and that of its block; `called` what people say.

    `fields` have paths below the block. `code` is CloudStorage's Vendor,
    None for what stands in TencentVod instead of a bucket. `needs` must be named. Rights to delete files are given for
    what `kept_apart_by` names as a whole. `sites` says who lets an automatic recording go there.
    """

    word: str
    called: str
    about: str
    fields: tuple[Field, ...]
    code: int | None
    needs: tuple[str, ...]
    kept_apart_by: str
    sites: Mapping[str, Option]

    @property
    def bucket(self) -> bool:
        """Whether files go to a bucket, whose own life cycle deletes them."""
        return self.code is not None


_VOD_FIELDS = (
    Field(
        "/subAppId",
        Whole(1, 9_999_999_999),
        "VOD application, of the standard type: files in a hosted one cannot be played from VOD's domain.",
        _VOD,
        disputed="The page lets it be left out for the account's main application; here it is always named.",
        wire=Wire("TencentVod.SubAppId", Number()),
    ),
    Field(
        "/retention",
        time("1d", "3650d", 86_400, forever=True),
        "How long VOD keeps a file.",
        _VOD,
        default=seconds(None),
        wire=Wire("TencentVod.ExpireTime", Count(Dimension.TIME, 1, forever=0)),
    ),
    Field(
        "/procedure",
        Text(r"^\S+$", "a task-flow template's name"),
        "VOD task flow run on each file.",
        _VOD,
        wire=Wire("TencentVod.Procedure", String()),
    ),
    Field(
        "/classId", Whole(0, 2_147_483_647), "VOD category.", _VOD, default=0, wire=Wire("TencentVod.ClassId", Number())
    ),
    Field("/region", REGION, "VOD storage region.", _VOD, wire=Wire("TencentVod.StorageRegion", String())),
    Field(
        "/sessionContext",
        Text(r"\S", "a line of text", 1000),
        "Handed back by the callback of VOD's task flow.",
        _VOD,
        disputed=_CONTEXT_DISPUTED,
        wire=Wire("TencentVod.SessionContext", String()),
    ),
    Field(
        "/sourceContext",
        Text(r"\S", "a line of text", 250),
        "Handed back by the callback of VOD's upload.",
        _VOD,
        disputed=_CONTEXT_DISPUTED,
        wire=Wire("TencentVod.SourceContext", String()),
    ),
)

_BUCKET_FIELDS = (
    Field("/region", REGION, "Bucket region.", _CLOUD, wire=Wire("CloudStorage.Region", String())),
    Field(
        "/bucket",
        Text(r"^[a-z0-9][a-z0-9.-]{1,62}$", "a bucket name", 63),
        "Bucket name.",
        _CLOUD,
        wire=Wire("CloudStorage.Bucket", String()),
    ),
    Field(
        "/prefix",
        Text(r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", "folders of letters, digits, _ and -"),
        "Folder that files are written to.",
        _CLOUD,
        wire=Wire("CloudStorage.FileNamePrefix", FolderList()),
    ),
    Field(
        "/accessKeyRef",
        SECRET,
        "Access key, by reference.",
        _CLOUD,
        secret=True,
        wire=Wire("CloudStorage.AccessKey", String()),
    ),
    Field(
        "/secretKeyRef",
        SECRET,
        "Secret key, by reference.",
        _CLOUD,
        secret=True,
        wire=Wire("CloudStorage.SecretKey", String()),
    ),
)

_COMPATIBLE_FIELDS = (
    Field(
        "/endpoint",
        Text(
            r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+(:[0-9]{1,5})?$", "a host such as ACCOUNT.r2.cloudflarestorage.com", 253
        ),
        "Host of a store that speaks S3 and is not AWS.",
        _CLOUD,
        modes=MANUAL_ONLY,
        disputed="Only the newest API description of the international site has it (EndpointUrl).",
        wire=Wire("CloudStorage.EndpointUrl", String()),
    ),
)


def _table() -> dict[str, StorageVendor]:
    storages = (
        StorageVendor(
            "vod",
            "VOD",
            "Tencent Cloud VOD.",
            _VOD_FIELDS,
            code=None,
            needs=("subAppId",),
            kept_apart_by="subAppId",
            sites={
                "cn": Option((ON_CLOUD_2022, ON_CLOUD_CHINESE, TEMPLATE_PROXY)),
                "intl": Option((ON_CLOUD, TEMPLATE_PROXY)),
            },
        ),
        StorageVendor(
            "cos",
            "Tencent COS",
            "Tencent Cloud COS.",
            _BUCKET_FIELDS,
            code=0,
            needs=("region", "bucket"),
            kept_apart_by="bucket",
            sites={
                "cn": Option((ON_CLOUD_CHINESE, TEMPLATE_PROXY), (ON_CLOUD_2022,), _VOD_ONLY),
                "intl": Option((ON_CLOUD, TEMPLATE_PROXY)),
            },
        ),
        StorageVendor(
            "s3",
            "AWS S3",
            "AWS S3.",
            (*_BUCKET_FIELDS, *_COMPATIBLE_FIELDS),
            code=1,
            needs=("region", "bucket"),
            kept_apart_by="bucket",
            sites={
                "cn": Option((), (ON_CLOUD_CHINESE, TEMPLATE_PROXY), _VOD_AND_COS),
                "intl": Option((ON_CLOUD,), (TEMPLATE_PROXY,), _VOD_AND_COS),
            },
        ),
    )
    return {storage.word: storage for storage in storages}


STORAGES: Mapping[str, StorageVendor] = MappingProxyType(_table())
"""Every storage by its word, in the order people read them."""

BUCKETS = tuple(storage.word for storage in STORAGES.values() if storage.bucket)

VENDOR_CODES: Mapping[Value, int] = MappingProxyType(
    {storage.word: storage.code for storage in STORAGES.values() if storage.code is not None}
)
"""CloudStorage's Vendor by the storage's word."""
