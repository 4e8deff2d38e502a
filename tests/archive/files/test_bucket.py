"""Buckets over HTTP: moto's server for what S3 says, a scripted endpoint for what goes wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from moto.server import ThreadedMotoServer

from provisioner.archive.files import cos, s3
from provisioner.archive.files.bucket import BucketStorage, BucketVendor, search
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.foundation.errors import ProvisionerError
from tests.archive.support import APP, OTHER
from tests.console.endpoint import Reply, endpoint

ANYTHING = Query()
S3 = BucketStorage(s3.VENDOR, "recordings", "ap-southeast-1", "calls/live", "env:ACCESS", "env:SECRET")
SECRET = "the-secret-itself"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, and keys that may list it."""
    monkeypatch.setenv("ACCESS", "AKIDlister")
    monkeypatch.setenv("SECRET", SECRET)
    client = boto3.client(
        "s3", endpoint_url=server, region_name=S3.region, aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket=S3.name, CreateBucketConfiguration={"LocationConstraint": S3.region})
    yield client
    for entry in client.list_objects_v2(Bucket=S3.name).get("Contents", []):
        client.delete_object(Bucket=S3.name, Key=entry["Key"])
    client.delete_bucket(Bucket=S3.name)


def found(server: str, query: Query = ANYTHING, storage: BucketStorage = S3) -> list[RecordedFile]:
    return list(search(storage, {APP}, query, Path(), endpoint=server))


@pytest.mark.parametrize("vendor", [cos.VENDOR, s3.VENDOR], ids=["cos", "s3"])
def test_files_of_one_application_and_foreign_ones_are_listed(server: str, bucket: Any, vendor: BucketVendor) -> None:
    keys = [
        f"calls/live/task-1/{APP}_12.mp4",
        f"calls/live/task-1/ha1_{APP}_12__UserId_s_YWxpY2U.__UserId_e_main_audio.m3u8",
        f"calls/live/task-2/{OTHER}_12.mp4",
        f"calls/live/{APP}_12.mp4",
        f"calls/live/task-3/{APP}_a b+é\x1b.mp4",
        "calls/lively/task-4/x.mp4",
    ]
    for key in keys:
        bucket.put_object(Bucket=S3.name, Key=key, Body=b"x" * 10)
    files = found(server, storage=replace(S3, vendor=vendor))
    # A file right in the folder: `calls` could be the folder, and `live` the task.
    assert [(file.key, file.task, file.unrecognized, file.sdk_app_id) for file in files] == [
        (keys[3], "live", False, APP),
        (keys[0], "task-1", False, APP),
        (keys[1], "task-1", False, APP),
        (keys[4], None, True, None),
    ]
    assert (files[0].vendor, files[0].size, files[0].seconds, files[0].room_type) == (vendor.name, 10, None, "number")
    assert files[0].created is not None
    assert files[2].name is not None
    assert files[2].name.failover == 1


def test_a_bucket_without_a_folder_is_listed_from_its_root(server: str, bucket: Any) -> None:
    bucket.put_object(Bucket=S3.name, Key=f"task-1/{APP}_12.mp4", Body=b"")
    bucket.put_object(Bucket=S3.name, Key=f"{APP}_12.mp4", Body=b"")
    root = BucketStorage(s3.VENDOR, S3.name, S3.region, "", "env:ACCESS", "env:SECRET")
    assert [file.unrecognized for file in found(server, storage=root)] == [True, False]


def test_a_store_that_speaks_s3_is_asked_where_its_spec_says(server: str, bucket: Any) -> None:
    bucket.put_object(Bucket=S3.name, Key=f"calls/live/task-1/{APP}_12.mp4", Body=b"")
    (file,) = search(replace(S3, endpoint=server), {APP}, ANYTHING, Path())
    assert file.room == "12"


def test_room_and_time_narrow(server: str, bucket: Any) -> None:
    for room in ("12", "123", "MTI."):
        bucket.put_object(Bucket=S3.name, Key=f"calls/live/task/{APP}_{room}.mp4", Body=b"")
    files = found(server, Query(room="12"))
    assert [(file.room, file.room_type) for file in files] == [("12", "number"), ("12", "string")]
    assert found(server, Query(until=files[0].created, since=files[0].created)) != []


def page(*keys: str, more: bool = True) -> Reply:
    entries = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-03-01T12:00:00.000Z</LastModified><Size>1</Size></Contents>"
        for key in keys
    )
    return xml(200, f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{entries}</ListBucketResult>")


def xml(status: int, text: str) -> Reply:
    def reply(handler: Any) -> None:
        body = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def refused(code: str, message: str = "no") -> Reply:
    return xml(403, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESS", "AKIDlister")
    monkeypatch.setenv("SECRET", SECRET)


@pytest.mark.usefixtures("keys")
def test_pages_follow_each_other_by_their_last_key() -> None:
    first, second = (f"calls/live/t/{APP}_{room}.mp4" for room in (1, 2))
    with endpoint(page(first), page(second, more=False)) as served:
        assert [file.key for file in found(f"http://{served.host}")] == [first, second]
    assert [f"marker={quote(first, safe='')}" in path for _, _, path in served.seen] == [False, True]


@pytest.mark.usefixtures("keys")
def test_a_page_that_fails_leaves_what_was_listed() -> None:
    with endpoint(page(f"calls/live/t/{APP}_1.mp4"), refused("AccessDenied")) as served:
        files = search(S3, {APP}, ANYTHING, Path(), endpoint=f"http://{served.host}")
        assert next(files).key == f"calls/live/t/{APP}_1.mp4"
        with pytest.raises(IncompleteListingError, match="AccessDenied") as caught:
            next(files)
    assert caught.value.missing == f"keys after calls/live/t/{APP}_1.mp4"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("AccessDenied", "must be allowed to list the bucket"),
        ("NoSuchBucket", r"Check storage\.s3\.bucket and storage\.s3\.region"),
        ("InvalidAccessKeyId", "what accessKeyRef refers to"),
        ("SignatureDoesNotMatch", "what secretKeyRef refers to"),
    ],
)
def test_a_refusal_says_what_to_do_and_shows_no_key(code: str, fix: str) -> None:
    with (
        endpoint(refused(code, "go \u202e away")) as served,
        pytest.raises(ProvisionerError, match=fix) as caught,
    ):
        found(f"http://{served.host}")
    text = str(caught.value)
    assert text.startswith(f"S3 bucket recordings/calls/live in ap-southeast-1: {code}: ")
    assert SECRET not in text
    assert "\\u202e" in text


@pytest.mark.usefixtures("keys")
def test_an_endpoint_that_is_not_there_is_said() -> None:
    with pytest.raises(ProvisionerError, match=r"Check storage\.s3\.region"):
        found("http://127.0.0.1:9")


def test_a_key_that_is_not_set_is_named() -> None:
    with pytest.raises(ProvisionerError, match="the secret env:ACCESS is not set"):
        found("http://127.0.0.1:9")


@pytest.mark.usefixtures("keys")
def test_cos_is_reached_at_its_region_with_the_bucket_in_the_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is told where a request would go."""
    recordings = BucketStorage(cos.VENDOR, "recordings-1250000000", "ap-guangzhou", "", "env:ACCESS", "env:SECRET")
    with socket.create_server(("127.0.0.1", 0)) as proxy, ThreadPoolExecutor() as pool:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        asked = pool.submit(_first_line, proxy)
        with pytest.raises(ProvisionerError, match="COS bucket recordings-1250000000 in ap-guangzhou"):
            list(search(recordings, {APP}, ANYTHING, Path()))
    assert asked.result() == "CONNECT recordings-1250000000.cos.ap-guangzhou.myqcloud.com:443 HTTP/1.0"


def _first_line(proxy: socket.socket) -> str:
    """What the first client says; then nobody is listened to any more."""
    connection, _ = proxy.accept()
    with connection:
        proxy.close()
        return connection.recv(1000).decode().splitlines()[0]
