"""PATH=VALUE as people type it."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import UsageError
from provisioner.recording.value_types import Value
from provisioner.specs.editing.assignment import assignment, edits

FORMATS = "/recording/settings/formats"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("formats=mp4,hls", ("hls", "mp4")),
        ("formats=mp4", ("mp4",)),
        ("formats=[mp4, hls]", ("hls", "mp4")),
        ("formats=", None),
    ],
)
def test_a_list_needs_no_brackets(word: str, value: Value | None) -> None:
    path, found = assignment(word, "--set")
    assert (path, found if found is None else sorted(found)) == (FORMATS, value if value is None else sorted(value))  # type: ignore[arg-type]


def test_what_is_no_list_is_told() -> None:
    with pytest.raises(UsageError, match=r"--set formats takes one of mp4, hls, aac, not \"mp3\""):
        assignment("formats=mp4,mp3", "--set")


def test_a_block_is_taken_away_as_a_whole_and_a_secret_is_named() -> None:
    assert edits(["callback="], "edit") == {
        "/recording/settings/callback/url": None,
        "/recording/settings/callback/keyRef": None,
    }
    assert edits(["callback.keyRef=env:KEY"], "edit") == {"/recording/settings/callback/keyRef": "env:KEY"}
    with pytest.raises(UsageError, match="is nothing that a console shows"):
        assignment("callback.keyRef=env:KEY", "--seen")
