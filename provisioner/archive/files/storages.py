"""Where an application's files are, by its effective spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provisioner.foundation.errors import UsageError
from provisioner.recording.application import Application


@dataclass(frozen=True, slots=True)
class VodStorage:
    """One application of VOD."""

    sub_app_id: int

    def __str__(self) -> str:
        return f"VOD application {self.sub_app_id}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A folder of a bucket that speaks S3; `prefix` is empty for all of it. The keys are references.

    `endpoint` is the host of a store that speaks S3 and is not AWS; empty for the vendor's own.
    """

    vendor: Literal["cos", "s3"]
    name: str
    region: str
    prefix: str
    access_key_ref: str
    secret_key_ref: str
    endpoint: str = ""

    def __str__(self) -> str:
        folder = f"/{self.prefix}" if self.prefix else ""
        where = f"{self.region} at {self.endpoint}" if self.endpoint else self.region
        return f"{self.vendor.upper()} bucket {self.name}{folder} in {where}"


Storage = VodStorage | Bucket


def storage_of(app: Application) -> Storage:
    """Raises UsageError where the spec names none."""
    vendor = app.setting("storage/vendor")
    if vendor == "vod":
        return VodStorage(int(str(app.setting("storage/vod/subAppId"))))
    if vendor not in ("cos", "s3"):
        raise UsageError(
            f"{app.environment}/{app.name} names no storage", where=app.where, fix="Set settings.storage in its spec."
        )

    def text(name: str) -> str:
        value = app.setting(f"storage/{vendor}/{name}")
        return "" if value is None else str(value)

    return Bucket(
        "cos" if vendor == "cos" else "s3",
        text("bucket"),
        text("region"),
        text("prefix"),
        text("accessKeyRef"),
        text("secretKeyRef"),
        text("endpoint"),
    )
