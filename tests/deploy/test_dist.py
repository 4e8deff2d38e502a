"""Release files: what is in them, that they do not depend on who builds them, and that they run elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import requires
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from packaging.requirements import Requirement
from pulumi.runtime.proto import provider_pb2_grpc

from deploy import dist
from provisioner import __version__
from tests.deploy.conftest import Clean
from tests.project import Project

ROOT = Path(__file__).resolve().parents[2]
LINUX = f"{dist.PLUGIN}-linux-amd64.tar.gz"


def _pins(file: str) -> set[str]:
    return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / file).read_text("utf-8"), re.MULTILINE))


def test_every_file_of_the_package_is_in_the_wheel(release: Path) -> None:
    (wheel,) = release.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("provisioner/")}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "provisioner", "docs"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    of_a_checkout = {"provisioner/provider/PulumiPlugin.yaml", "provisioner/provider/pulumi-resource-trtc"}
    pages = {name: f"provisioner/{name}" for name in listed.stdout.splitlines() if name.startswith("docs/")}
    assert packed == {pages.get(name, name) for name in listed.stdout.splitlines()} - of_a_checkout


def unpack(archive: Path, folder: Path) -> None:
    """By tar itself: what Python's module wants to be told differs from version to version."""
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)


def test_the_source_archive_builds_the_same_wheel(release: Path, tmp_path: Path) -> None:
    (sdist,) = release.glob("trtc_recording-*.tar.gz")
    unpack(sdist, tmp_path)
    (source,) = tmp_path.iterdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel"], cwd=source, check=True, capture_output=True
    )
    (rebuilt,) = source.glob("dist/*.whl")
    assert rebuilt.read_bytes() == (release / rebuilt.name).read_bytes()


def test_same_source_same_bytes(release: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        again = dist.build(tmp_path)
    finally:
        os.umask(before)
    assert {file.name for file in again} == {file.name for file in release.iterdir()}
    assert [file.name for file in again if file.read_bytes() != (release / file.name).read_bytes()] == []


def test_the_date_of_the_files_is_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dist.build(tmp_path)
    with tarfile.open(tmp_path / LINUX) as archive:
        assert {member.mtime for member in archive} == {1700000000}
    (wheel,) = tmp_path.glob("*.whl")
    assert {member.date_time[:3] for member in zipfile.ZipFile(wheel).infolist()} == {(2023, 11, 14)}


def test_the_plugin_installs_this_wheel_and_pins_all_it_needs(release: Path) -> None:
    (wheel,) = release.glob("*.whl")
    with tarfile.open(release / LINUX) as archive:
        modes = {member.name: member.mode for member in archive}
        unpacked = archive.extractfile("requirements.txt")
        assert unpacked is not None
        requirements = unpacked.read().decode()
    assert modes == {
        "PulumiPlugin.yaml": 0o644,
        "__main__.py": 0o644,
        "pulumi-resource-trtc": 0o755,
        "requirements.txt": 0o644,
        wheel.name: 0o644,
    }
    assert requirements.endswith(f"./{wheel.name} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    assert _pins("plugin.txt") <= _pins("runtime.txt"), "run `make lock`"
    pinned = {pin.partition("==")[0] for pin in _pins("plugin.txt")}
    needed = {
        requirement.name.lower()
        for requirement in map(Requirement, requires("trtc-recording") or [])
        if not requirement.marker or any(requirement.marker.evaluate({"extra": e}) for e in ("pulumi", "console"))
    }
    assert needed | {"boto3"} <= pinned, "run `make lock`"  # a journal may be kept in a bucket


def test_the_wheel_works_where_nobody_has_the_source(clean: Clean, project: Project) -> None:
    def run(*command: str) -> str:
        ran = subprocess.run([clean.bin("provisioner"), *command], check=True, capture_output=True, text=True)
        return ran.stdout

    assert run("--version") == f"provisioner, version {__version__}\n"
    assert run("validate", "dev").endswith("dev: 3 applications are valid.\n")
    assert run("plan", "dev").endswith("dev: 2 to change, 1 unchanged.\n")
    run("schema", "schemas")
    assert (project.root / "schemas/application.json").is_file()
    where = [clean.bin("python"), "-c", "import provisioner; print(provisioner.__file__)"]
    assert Path(subprocess.check_output(where, text=True)).is_relative_to(clean.root)


def test_the_unpacked_plugin_answers_the_engine(clean: Clean, release: Path, project: Project) -> None:
    plugin = project.root / "plugin"
    plugin.mkdir()
    unpack(release / LINUX, plugin)
    (plugin / ".venv").symlink_to(clean.root)  # what Pulumi makes of requirements.txt
    with subprocess.Popen(
        [plugin / "pulumi-resource-trtc", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=10)
        finally:
            process.terminate()
    assert info.version == __version__
    assert process.returncode == 0
