"""Which Pulumi CLI is taken, and how soon the search for one ends."""

from __future__ import annotations

import functools
import hashlib
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand

from provisioner.provider import cli_install


@pytest.fixture(autouse=True)
def _empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    unset = ("PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITLAB_CI")
    for name in (*unset, cli_install.DIGEST):
        monkeypatch.delenv(name, raising=False)


def fake_pulumi(root: Path, version: str) -> Path:
    pulumi = root / "bin" / "pulumi"
    pulumi.parent.mkdir(parents=True, exist_ok=True)
    pulumi.write_text(f"#!/bin/sh\necho {version}\n")
    pulumi.chmod(0o755)
    return pulumi


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    on_path = fake_pulumi(tmp_path, f"v{cli_install.VERSION}")
    fake_pulumi(tmp_path / cli_install.FOLDER, f"v{cli_install.VERSION}")
    assert cli_install.find() == on_path


def test_the_newest_that_make_engine_built_comes_before_the_release(tmp_path: Path) -> None:
    fake_pulumi(tmp_path / cli_install.FOLDER, f"v{cli_install.VERSION}")
    (cli_install.cache_folder() / "pulumi-language").mkdir(parents=True)
    for version in ("3.999.0", "3.276.0", "3.1000.0"):
        newest = fake_pulumi(cli_install.cache_folder() / f"pulumi-{version}", f"v{version}")
    assert cli_install.find() == newest
    assert newest.is_relative_to(tmp_path / "cache" / "trtc-recording")


def test_make_engine_is_named_where_go_is_there(tmp_path: Path) -> None:
    assert "make engine" not in cli_install.explain("what happens now")
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.touch(0o755)
    assert "`make engine`, which builds it from Go modules in about 8 CPU minutes" in cli_install.explain("now")


@pytest.mark.parametrize("unfit", ["v3.100.0", "v4.0.0", "not-a-version"])
def test_an_unfit_one_on_path_is_passed_over(tmp_path: Path, unfit: str) -> None:
    fake_pulumi(tmp_path, unfit)
    assert cli_install.find() is None
    local = fake_pulumi(tmp_path / cli_install.FOLDER, f"v{cli_install.VERSION}")
    assert cli_install.find() == local


def test_a_network_that_never_answers_ends_the_search(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_install, "_PROBE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert cli_install.find_or_install() is None
    assert time.monotonic() - started < 5
    assert capfd.readouterr() == ("", "")


def test_the_explanation_is_two_lines() -> None:
    first, second = cli_install.explain("what happens now").splitlines()
    assert str(cli_install.VERSION) in first
    assert second == "what happens now"


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of releases; answers the archive's SHA-256."""
    fake_pulumi(tmp_path / "release", f"v{cli_install.VERSION}")
    served = tmp_path / "served"
    served.mkdir()
    archive = served / cli_install.archive_name()
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tmp_path / "release/bin/pulumi", "pulumi/pulumi")
    handler = functools.partial(QuietHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setattr(cli_install, "_RELEASES", address)
        monkeypatch.setattr(cli_install, "_INSTALLER", f"{address}/")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield hashlib.sha256(archive.read_bytes()).hexdigest()
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_release_is_unpacked_that_has_the_hash_it_should(releases: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token")
    monkeypatch.setenv(cli_install.DIGEST, releases.upper())
    assert cli_install.install() == (cli_install.FOLDER / "bin" / "pulumi").absolute()


def test_another_archive_is_not_unpacked(
    releases: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(cli_install.DIGEST, "0" * 64)
    assert cli_install.install() is None
    assert not cli_install.FOLDER.exists()
    assert f"is another than TRTC_PULUMI_SHA256 says: {releases}; it was not unpacked" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITLAB_CI"])
def test_a_job_with_an_identity_runs_no_installer(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is to be asked of the network")

    monkeypatch.setattr(cli_install, "_reachable", never)
    monkeypatch.setattr(PulumiCommand, "install", never)
    monkeypatch.setenv(variable, "x")
    assert cli_install.find_or_install() is None
    assert f"SHA-256 of {cli_install.archive_name()}" in capsys.readouterr().err
