"""An S3 server on loopback, and a bucket for each test."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from provisioner.specs.keys.journal import BucketJournal

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def choice(server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BucketJournal:
    """A bucket of the test's own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{zlib.crc32(request.node.name.encode())}"
    boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(Bucket=name)
    return BucketJournal(name, "calls/dev", server, "us-east-1")
