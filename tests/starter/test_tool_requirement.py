"""The release that jobs install: one, and by hash or commit where that can be known."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from provisioner import __version__
from provisioner.foundation.errors import UsageError
from provisioner.starter import tool_requirement as module
from provisioner.starter.tool_requirement import tool_requirement

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_version_comes_from_an_index() -> None:
    assert tool_requirement("1.2.3").line == "trtc-recording==1.2.3"
    assert not tool_requirement("1.2.3").pinned


def test_a_commit_is_pinned_by_itself() -> None:
    asked = f"git+https://git.example.com/acme/trtc-recording.git@{COMMIT}"
    assert tool_requirement(asked).line == f"trtc-recording @ {asked}"
    assert tool_requirement(asked).pinned


def test_a_wheel_is_kept_and_pinned_by_its_content(tmp_path: Path) -> None:
    wheel = tmp_path / "trtc_recording-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    asked = tool_requirement(str(wheel))
    assert asked.line == f"./requirements/{wheel.name} --hash=sha256:{hashlib.sha256(b'wheel').hexdigest()}"
    assert (asked.pinned, asked.wheel) == (True, (wheel.name, b"wheel"))


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "main",
        "1.2",
        ">=1.0.0",
        "git+https://git.example.com/x@main",
        f"git+file:///x@{COMMIT}",
        "1.0.0 --pre",
        "x.whl",
    ],
)
def test_what_moves_or_is_no_release_is_refused(asked: str) -> None:
    with pytest.raises(UsageError):
        tool_requirement(asked)


def test_a_wheel_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        tool_requirement(str(tmp_path / "trtc_recording-0.1.0-py3-none-any.whl"))


class Noted(Distribution):
    """An installation whose direct_url.json (PEP 610) says `text`."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def read_text(self, filename: str) -> str | None:
        assert filename == "direct_url.json"
        return self.text

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        (
            json.dumps({"url": "https://git.example.com/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}),
            f"trtc-recording @ git+https://git.example.com/x.git@{COMMIT}",
        ),
        (None, f"trtc-recording=={__version__}"),
        ("not JSON", f"trtc-recording=={__version__}"),
        ("[]", f"trtc-recording=={__version__}"),
        (json.dumps({"url": "file:///checkout", "dir_info": {"editable": True}}), f"trtc-recording=={__version__}"),
        (json.dumps({"url": "file:///gone.whl", "archive_info": {}}), f"trtc-recording=={__version__}"),
    ],
)
def test_without_a_word_it_is_what_runs_here(monkeypatch: pytest.MonkeyPatch, noted: str | None, line: str) -> None:
    monkeypatch.setattr(module, "distribution", lambda _: Noted(noted))
    assert tool_requirement(None).line == line
