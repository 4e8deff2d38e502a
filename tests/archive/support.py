"""Files as storages hold them, and clients for the doubles that serve them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tencentcloud.common.credential import Credential

from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.recording.file_names import readings
from provisioner.simulator import Account
from provisioner.simulator.media_rows import StoredFile

ACCOUNT = Account("AKIDarchive", "archive-key", "100000000001")
APP, OTHER, SUB = 20001001, 20001002, 1500000010
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stored(name: str, after: float = 0, **change: Any) -> StoredFile:
    """A file in VOD that came into being `after` seconds past noon of a day in March."""
    read = readings(name)
    details = {"seconds": 60.0, "size": 1_000_000, "users": change.pop("users", [])}
    details["seconds"] = change.pop("seconds", 60.0)
    fields: dict[str, Any] = {
        "task_id": "task-1",
        "vendor": "vod",
        "sub_app_id": SUB,
        "sdk_app_id": read[0].sdk_app_id if read else APP,
        "room_id": read[0].room if read else "",
        "name": name,
        "path": name,
        "extension": name.rpartition(".")[2],
        "category": "Video",
        "created_at": (NOON + timedelta(seconds=after)).timestamp(),
        "expires_at": None,
        "details": details,
    }
    return StoredFile(**{**fields, **change})


def vod_client(host: str) -> TencentClient:
    """The real SDK's client of a double at `host`, which asks once."""
    return TencentClient(
        "vod",
        "2018-07-17",
        "",
        Endpoint(host, "http", direct=True),
        Credential(ACCOUNT.secret_id, ACCOUNT.secret_key),
        limiter=Limiter(100_000),
        back_off=(),
    )
