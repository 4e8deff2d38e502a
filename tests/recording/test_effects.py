"""The table of effects: nothing lacks an entry, and each way in which a value changes is seen for what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.consequences import CONSEQUENCES, MAX_CHANGES, UNUSED_INTENT
from provisioner.recording.effects import (
    EFFECTS,
    NO_SETTING,
    Changed,
    ChangeKind,
    effect,
    effects,
    kinds,
    possible_kinds,
    told_fields,
)
from provisioner.recording.fields import BLOCKS, FIELDS, SETTINGS
from provisioner.recording.present import DIFFERS, NOT_RECORDING, PRESENT, RECORDING_UNWANTED
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from tests.values import values

DAY, EVER = Quantity(Dimension.TIME, 86_400), Quantity(Dimension.TIME, None)
URL = f"{SETTINGS}/callback/url"
USERS = f"{SETTINGS}/mixed/maxUsers"


@pytest.mark.parametrize("path", FIELDS)
def test_no_field_lacks_an_entry_for_any_kind_of_change(path: str) -> None:
    if path in NO_SETTING:
        assert effect(path, ChangeKind.OTHER) is None
        return
    missing = [kind for kind in possible_kinds(FIELDS[path]) if effect(path, kind) is None]
    assert missing == [], f"say in recording/effects.py what it does when {path} …"


def test_every_entry_is_of_a_field_or_of_a_block() -> None:
    blocks = {*BLOCKS, *(path.rpartition("/")[0] for path in FIELDS)}
    assert [path for path in EFFECTS if path not in FIELDS and path not in blocks] == []
    assert [path for path in NO_SETTING if path not in FIELDS] == []


def test_every_consequence_is_some_fields() -> None:
    found = [effect(field.path, kind) for field in told_fields() for kind in possible_kinds(field)]
    does = {each.does.id for each in found if each and each.does}
    assert does == CONSEQUENCES.keys() - {MAX_CHANGES.id, UNUSED_INTENT.id}
    assert {each.now.id for each in found if each and each.now} == PRESENT.keys()


@given(st.data())
def test_whatever_changes_changes_in_a_way_that_the_table_has(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(list(told_fields())))
    before, after = (data.draw(st.none() | values(field.kind)) for _ in range(2))
    if before != after:
        found = kinds(field.path, before, after, data.draw(st.none() | st.integers(1, 100)))
        assert found
        assert found <= set(possible_kinds(field))


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("storage/vod/retention", EVER, DAY, {ChangeKind.ENDS}),
        ("storage/vod/retention", DAY, EVER, {ChangeKind.HIGHER}),
        ("media", "audio", "video", {ChangeKind.FEWER, ChangeKind.MORE}),
        ("media", "audio-video", "video", {ChangeKind.FEWER}),
        ("single/streams", "aux", "main-and-aux", {ChangeKind.MORE}),
        ("formats", ("mp4", "hls"), ("hls", "aac"), {ChangeKind.FEWER, ChangeKind.MORE}),
        ("mixed/maxUsers", 8, 4, {ChangeKind.LOWER}),
        ("callback/url", "https://a.example/x", "http://b.example/x", {ChangeKind.INSECURE, ChangeKind.HOST}),
        ("callback/url", "https://a.example/x", "https://A.example/x", {ChangeKind.OTHER}),
        ("callback/url", "http://a.example/x", "https://a.example/x", {ChangeKind.SECURE}),
        ("callback/url", None, "http://a.example/x", {ChangeKind.SET, ChangeKind.INSECURE}),
        ("callback/url", "https://a.example/x", "https://a.example:8443/x", {ChangeKind.HOST}),
        ("callback/url", "https://[a", "https://[b", {ChangeKind.HOST}),
        ("single/merge", True, False, {ChangeKind.OFF}),
    ],
)
def test_how_a_value_changed(path: str, before: Value | None, after: Value | None, expected: set[ChangeKind]) -> None:
    assert kinds(f"{SETTINGS}/{path}", before, after) == expected


@pytest.mark.parametrize(("participants", "kind"), [(None, "LOWER"), (4, "LOWER"), (5, "BELOW_CALLS")])
def test_fewer_users_than_calls_have(participants: int | None, kind: str) -> None:
    assert kinds(USERS, 8, 4, participants) == {ChangeKind[kind]}
    assert kinds(f"{SETTINGS}/mixed/video/fps", 8, 4, participants) == {ChangeKind.LOWER}


def told(*changed: Changed) -> list[tuple[str | None, str]]:
    return [(each.does.id if each.does else None, one.path) for each, one in effects(changed)]


def test_of_a_block_that_goes_only_that_is_told() -> None:
    width = Changed(f"{SETTINGS}/mixed/video/width", 1280, None)
    assert told(width) == [(None, width.path)]
    assert told(Changed(USERS, 8, None), width) == [("file-kind-lost", USERS)]
    assert told(Changed(USERS, 8, 4), width._replace(after=640)) == [
        ("fewer-users-recorded", USERS),
        ("lower-quality", width.path),
    ]


def test_of_another_storage_only_that_is_told() -> None:
    vendor = Changed(f"{SETTINGS}/storage/vendor", "vod", "cos")
    bucket = Changed(f"{SETTINGS}/storage/cos/bucket", None, "calls")
    assert told(vendor, bucket) == [("storage-moved", vendor.path)]
    assert told(bucket) == [("storage-moved", bucket.path)]


def test_a_callback_that_moves_and_is_no_longer_encrypted_is_both() -> None:
    both = told(Changed(URL, "https://a.example/x", "http://b.example/x"))
    assert [name for name, _ in both] == ["callback-exposed", "callback-moved"]


def test_what_loses_and_gains_is_told_by_its_loss_alone() -> None:
    assert told(Changed(f"{SETTINGS}/formats", ("hls",), ("mp4",))) == [("format-lost", f"{SETTINGS}/formats")]


def test_what_nobody_wants_weighs_most_of_all() -> None:
    """A change that is announced can be meant; the same state in a console that nobody announced cannot."""
    assert NOT_RECORDING.severity.value == RECORDING_UNWANTED.severity.value == "high"
    for field in told_fields():
        for kind in possible_kinds(field):
            found = effect(field.path, kind)
            if found and found.does and found.now and found.does.severity.value == "high":
                assert found.now.severity.value == "high", (field.path, kind)
    assert not any(state.acknowledged for state in PRESENT.values()), "a repair needs no acknowledgement"
    assert DIFFERS.severity.value == "low"
