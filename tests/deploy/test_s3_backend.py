"""State in a bucket: two machines share a stack, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.engine.stack import Stack, needs_pulumi

pytestmark = needs_pulumi


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """The environment of commands that keep their state in an S3-type bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    endpoint = f"http://127.0.0.1:{port}"
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    s3.create_bucket(Bucket="state")
    options = urlencode({"endpoint": endpoint, "s3ForcePathStyle": "true", "region": "us-east-1"})
    yield {**credentials, "PULUMI_BACKEND_URL": f"s3://state?{options}"}
    s3.close()
    server.stop()


def test_two_machines_share_a_stack(bucket: dict[str, str], tmp_path: Path) -> None:
    here = Stack.create(tmp_path / "here", bucket)
    assert here.up().steps == {
        "classroom": ["import", "update"],
        "support-desk": ["import"],
        "video-call": ["import", "update"],
    }
    assert list((here.root / "state").iterdir()) == []
    there = here.copied(tmp_path / "there")
    assert there.preview("--expect-no-changes").code == 0
    there.edit("environments/dev/environment.yaml", "retention: 7d", "retention: 14d")
    changed = {"recording.settings.storage.vod.retention": ("7d", "14d")}
    assert there.up().changes == {"classroom": changed, "video-call": changed}
    for stack in (here, there):
        stack.end()
