"""Files that the user names for a result: every command writes them by one function."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from provisioner.cli.output_file import write_output
from provisioner.foundation.errors import ProvisionerError
from tests.fork_server import provisioner
from tests.project import Project


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"old")
    file.chmod(0o600)
    with file.open("rb") as held:
        write_output(file, b"new")
        assert (file.read_bytes(), held.read()) == (b"new", b"old")  # whoever reads the old one reads it to its end
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("exists", [True, False])
def test_links_are_followed_and_stay_links(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "kept").mkdir()
    target = tmp_path / "kept/plan.json"
    if exists:
        target.write_bytes(b"old")
    (tmp_path / "one").symlink_to("kept/plan.json")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    write_output(tmp_path / "two", b"new")
    assert target.read_bytes() == b"new"
    assert (tmp_path / "one").is_symlink()
    assert (tmp_path / "two").is_symlink()


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"through")
    reader.join(10)
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/null")
    for path in (Path("/dev/null"), tmp_path / "link"):
        write_output(path, b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert (tmp_path / "link").is_symlink()


def test_a_descriptor_is_written_to_and_what_it_stands_for_is_not_cut_off(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as held:
        held.write(b"before ")
        held.flush()
        write_output(Path(f"/dev/fd/{held.fileno()}"), b"after")
        assert (tmp_path / "log").read_bytes() == b"before after"
        assert os.path.samestat(os.fstat(held.fileno()), (tmp_path / "log").stat())


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_stdout_by_any_name_gets_the_sealed_plan_alone(project: Project, name: str, kind: str) -> None:
    command = [str(provisioner()), "plan", "dev/video-call", "--out", name]
    if kind == "pipe":
        told = subprocess.run(command, capture_output=True, check=True).stdout
    else:
        with Path("told").open("wb") as file:
            subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
        told = Path("told").read_bytes()
    assert json.loads(told)["seal"]["digest"]
    assert Path("/dev/stdout").is_symlink()
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder", "is a folder\n  Name a file in it."),
        ("missing/plan.json", "there is no folder"),
        ("circle", "its links lead in a circle"),
        ("/dev/full", "No space left on device"),
        ("file/plan.json", "there is no folder"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").write_bytes(b"old")
    Path("circle").symlink_to("circle")
    with pytest.raises(ProvisionerError) as raised:
        write_output(Path(name), b"new")
    assert str(raised.value).startswith(f"{name}: cannot be written: ")
    assert why in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle", "file", "folder"]
    assert Path("file").read_bytes() == b"old"


@pytest.mark.parametrize(
    "command",
    [
        ("plan", "dev", "--out"),
        ("report", "plan.json", "--format", "json", "--out"),
        ("usage", "dev/video-call", "--chart"),
        ("import", "dev", "--owner", "@acme/x", "--pulumi"),
    ],
)
def test_every_command_with_an_output_option_writes_by_it(project: Project, command: tuple[str, ...]) -> None:
    project.write("Pulumi.yaml", "name: demo\nruntime: python\n")
    project.run("plan", "dev", "--out", "plan.json")
    Path("link.svg").symlink_to("/dev/null")
    assert project.run(*command, "link.svg").code == 0
    assert Path("link.svg").is_symlink()
    Path("folder.svg").mkdir()
    for name, why in (("folder.svg", "is a folder"), ("missing/out.svg", "there is no folder")):
        refused = project.run(*command, name)
        assert refused.code == 1
        assert f"{name}: cannot be written: {why}" in refused.err
