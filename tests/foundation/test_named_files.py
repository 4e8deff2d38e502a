"""A path of a spec reaches nothing but small regular files of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.named_files import ALLOWED, MOST_BYTES, NamedFileError, named_path, read_named
from provisioner.foundation.secret_refs import resolve


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").write_text("s3cret")
    (root / "key").write_text("inside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "large").write_bytes(b"x" * (MOST_BYTES + 1))
    os.mkfifo(root / "pipe")
    return root


def test_a_file_of_the_project_is_read(root: Path) -> None:
    assert read_named(root, "key") == b"inside"
    assert resolve("file:key", root).reveal() == "inside"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside", "outside of the project"),
        ("link", "outside of the project"),
        ("/dev/zero", "outside of the project"),
        ("/proc/self/environ", "outside of the project"),
        ("pipe", "no regular file"),
        (".", "no regular file"),
        ("large", "larger than 64 KiB"),
        ("gone", "No such file"),
        ("nul\0", "no path"),
    ],
)
def test_anything_else_is_refused_without_its_content(root: Path, name: str, reason: str) -> None:
    with pytest.raises(NamedFileError, match=reason):
        read_named(root, name)
    with pytest.raises(ProvisionerError, match="cannot be read") as caught:
        resolve(f"file:{name}", root)
    assert "s3cret" not in str(caught.value)


def test_the_process_may_allow_a_folder(root: Path) -> None:
    assert read_named(root, "../outside", {ALLOWED: str(root.parent)}) == b"s3cret"
    assert named_path(root, "gone") == root / "gone"
