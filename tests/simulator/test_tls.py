"""HTTPS by an authority of the console's own, for the SDK and for tccli."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.simulator import CN, Call, ConsoleServer, ConsoleState, Room, SeedApplication
from tests.conftest import ROOT
from tests.simulator.support import ACCOUNT, MANUAL, TEMPLATE, VOD, refused_typed, trtc, typed, vod

DATES = {"StartTime": "2026-03-01", "EndTime": "2026-03-02"}


@pytest.fixture
def secure(state: ConsoleState) -> Iterator[ConsoleServer]:
    with ConsoleServer(state, [ACCOUNT], calls_per_second=None, tls=True) as running:
        yield running


def test_the_sdk_over_https(secure: ConsoleServer) -> None:
    assert secure.scheme == "https"
    answer = typed(trtc(secure.endpoint, ca_file=secure.ca_file), "DescribeRecordingUsage", MixType="single", **DATES)
    assert answer.UsageKey[0] == "Audio"
    assert typed(vod(secure.endpoint, ca_file=secure.ca_file), "SearchMedia").TotalCount == 0


def test_who_does_not_trust_the_authority_is_not_served(secure: ConsoleServer, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    shutil.copy(ssl.get_default_verify_paths().openssl_cafile or "/etc/ssl/certs/ca-certificates.crt", stranger)
    refusal = refused_typed(trtc(secure.endpoint, ca_file=stranger), "DescribeRecordingUsage", MixType="single")
    assert refusal.code == "ClientNetworkError"
    assert "CERTIFICATE_VERIFY_FAILED" in refusal.message


def test_the_authority_lasts(state: ConsoleState, secure: ConsoleServer) -> None:
    before = secure.ca_file.read_bytes()
    assert secure.ca_file == state.path.with_name("console-ca.pem")
    assert oct(secure.ca_file.stat().st_mode & 0o777) == "0o600"
    assert b"PRIVATE KEY" not in before
    secure.ca_file.unlink()
    with ConsoleState(state.path, clock=state.clock) as other, ConsoleServer(other, [ACCOUNT], tls=True) as second:
        assert second.ca_file.read_bytes() == before  # written again, and the same for every process
        for server in (secure, second):
            assert typed(vod(server.endpoint, ca_file=second.ca_file), "SearchMedia").TotalCount == 0


def test_one_authority_however_many_begin_at_once(tmp_path: Path) -> None:
    def serve(_: int) -> bytes:
        with ConsoleState(tmp_path / "console.sqlite") as state, ConsoleServer(state, [ACCOUNT], tls=True) as server:
            return server.ca_file.read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(serve, range(4)))) == 1


def test_plain_http_needs_no_authority(server: ConsoleServer) -> None:
    assert server.scheme == "http"
    assert not server.ca_file.exists()


def test_the_vendors_names_are_certified_too(secure: ConsoleServer) -> None:
    host, port = secure.endpoint.split(":")
    context = ssl.create_default_context(cafile=str(secure.ca_file))
    for name in ("localhost", "trtc.tencentcloudapi.com", "vod.intl.tencentcloudapi.com"):
        with (
            socket.create_connection((host, int(port)), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=name) as wrapped,
        ):
            assert wrapped.getpeercert()


def test_a_fixed_address_and_port(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT], host="127.0.0.2") as first:
        host, port = first.endpoint.split(":")
        assert host == "127.0.0.2"
        with (
            pytest.raises(
                ProvisionerError, match=rf"cannot listen on 127\.0\.0\.2 port {port}: Address already in use"
            ),
            ConsoleServer(state, [ACCOUNT], host=host, port=int(port)),
        ):
            pass
    with ConsoleServer(state, [ACCOUNT], host=host, port=int(port)) as again:
        assert again.endpoint == f"{host}:{port}"


def test_nobody_waits_on_a_handshake_of_another(secure: ConsoleServer) -> None:
    host, port = secure.endpoint.split(":")
    with socket.create_connection((host, int(port)), timeout=5):  # says nothing
        request = urllib.request.Request(f"https://{secure.endpoint}/")
        context = ssl.create_default_context(cafile=str(secure.ca_file))
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            assert json.load(answer)["Response"]["Error"]["Code"] == "UnsupportedProtocol"


def _tccli() -> Path | None:
    """`tccli` brings the whole SDK, so it lives in a virtual environment of its own."""
    named = os.environ.get("TCCLI")
    found = Path(named) if named else ROOT / ".tccli" / "bin" / "tccli"
    return found if found.exists() else None


@pytest.mark.skipif(
    _tccli() is None, reason="tccli is not installed: python -m venv .tccli && .tccli/bin/pip install tccli"
)
def test_tccli(tmp_path: Path, state: ConsoleState) -> None:
    """Every public action by the vendor's own command line, over HTTPS as it knows nothing else."""
    with (
        ConsoleState(tmp_path / "cn.sqlite", site=CN) as chinese,
        ConsoleServer(chinese, [ACCOUNT], calls_per_second=None, tls=True) as server,
    ):
        chinese.seed([SeedApplication(MANUAL, "calls", "new", True, "auto", TEMPLATE)])
        chinese.recordings.play(Room(MANUAL, "1234"), Call(seconds=60).events(), start=chinese.now() - 90)
        tccli = _Tccli(server, tmp_path)
        order = {
            "SdkAppId": MANUAL,
            "RoomId": "7",
            "UserId": "robot",
            "UserSig": "signature",
            "RecordParams": {"RecordMode": 2},
            "StorageParams": VOD,
        }
        task = {"SdkAppId": MANUAL, "TaskId": tccli("trtc", "CreateCloudRecording", **order)["TaskId"]}
        assert tccli("trtc", "DescribeCloudRecording", **task)["Status"] == "Idle"
        assert tccli("trtc", "ModifyCloudRecording", **task, SubscribeStreamUserIds={})["TaskId"] == task["TaskId"]
        assert tccli("trtc", "DeleteCloudRecording", **task)["TaskId"] == task["TaskId"]
        assert len(tccli("trtc", "DescribeRecordingUsage", **DATES, MixType="multi")["UsageList"]) == 2
        assert tccli("trtc", "DescribeRecordStatistic", **DATES)["SdkAppIdUsages"][0]["SdkAppId"] == ""
        found = tccli("vod", "SearchMedia", SubAppId=1500000001, NamePrefixes=[f"{MANUAL}_1234"])
        assert found["MediaInfoSet"][0]["BasicInfo"]["Name"] == f"{MANUAL}_1234.mp4"
        assert "FailedOperation.SdkAppIdNotExist" in tccli.refused(
            "trtc", "DescribeCloudRecording", SdkAppId=1, TaskId="x"
        )


class _Tccli:
    """The command line, with credentials and endpoint as a user would give them."""

    def __init__(self, server: ConsoleServer, home: Path) -> None:
        # tccli trusts its own certifi's bundle and nothing else: a certifi that names the console's authority.
        shim = home / "trust" / "certifi"
        shim.mkdir(parents=True)
        (shim / "__init__.py").write_text(f"def where():\n    return {str(server.ca_file)!r}\n")
        self._server = server
        self._environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(shim.parent),
            "TENCENTCLOUD_SECRET_ID": ACCOUNT.secret_id,
            "TENCENTCLOUD_SECRET_KEY": ACCOUNT.secret_key,
            "TENCENTCLOUD_REGION": "ap-guangzhou",
        }

    def __call__(self, service: str, action: str, **parameters: Any) -> dict[str, Any]:
        ran = self._run(service, action, parameters)
        assert ran.returncode == 0, ran.stderr
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    def refused(self, service: str, action: str, **parameters: Any) -> str:
        ran = self._run(service, action, parameters)
        assert ran.returncode != 0
        return ran.stderr

    def _run(self, service: str, action: str, parameters: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        options = [
            part
            for name, value in parameters.items()
            for part in (f"--{name}", value if isinstance(value, str) else json.dumps(value))
        ]
        command = [str(_tccli()), service, action, "--endpoint", self._server.endpoint, *options]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120, check=False)
