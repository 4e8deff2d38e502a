from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tencentcloud.trtc.v20190722 import models

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import Value
from provisioner.recording.wire import WIRE
from tests.profiles import examples
from tests.values import wire_values


@settings(max_examples=examples(25))
@given(st.data())
@pytest.mark.parametrize("path", WIRE)
def test_every_value_survives_the_wire(path: str, data: st.DataObject) -> None:
    value: Value = data.draw(wire_values(path))
    assert WIRE[path].codec.decode(WIRE[path].codec.encode(value)) == value


@settings(max_examples=examples(25))
@given(st.data())
@pytest.mark.parametrize("path", [path for path, wire in WIRE.items() if wire.rest])
def test_every_legal_value_survives_the_rest_spelling(path: str, data: st.DataObject) -> None:
    value: Value = data.draw(wire_values(path).filter(_legal))
    for wire in WIRE[path].rest:
        assert wire.codec.decode(wire.codec.encode(value)) == value


def _legal(value: Value) -> bool:
    return not (isinstance(value, tuple) and {"mp4", "aac"} <= set(value))


INTL = json.loads((Path(__file__).parent / "sdk_intl_3.1.193.json").read_text())


def members(owner: str) -> set[str]:
    """Public members of a class of either site's SDK."""
    chinese = {name for name, value in vars(getattr(models, owner)).items() if isinstance(value, property)}
    return chinese | set(INTL.get(owner, {}))


def test_sites_know_which_members_only_the_other_has() -> None:
    for site, other in (("cn", "intl"), ("intl", "cn")):
        known = {
            "cn": {(c, m) for c in INTL for m in vars(getattr(models, c)) if not m.startswith("_")},
            "intl": {(c, m) for c in INTL for m in INTL[c]},
        }
        sent = {name for name in public_names() if name[0] in INTL}
        unknown = {".".join(name) for name in (known[other] - known[site]) & sent}
        assert SITES[site].unknown_to_rest == unknown


def public_names() -> set[tuple[str, str]]:
    """(class, member) of every wire entry that the API has; what only the console has is left out."""
    wires = (wire for entry in WIRE.values() for wire in (entry, *entry.rest))
    names = {wire.name for wire in wires if not wire.name.startswith("console: ")}
    return {(owner, member) for owner, _, member in (name.partition(".") for name in names)}


def test_every_public_name_is_the_sdks() -> None:
    for owner, member in public_names():
        assert member in members(owner), f"{owner}.{member}"


def test_every_parameter_of_the_sdk_is_a_setting() -> None:
    told = {
        # Which of mixed and single is there, of panes, of a watermark's blocks: the member follows from the others.
        ("RecordParams", "RecordMode"),
        ("WaterMark", "WaterMarkType"),
        # They hold other members.
        ("RecordParams", "SubscribeStreamUserIds"),
        ("MixLayoutParams", "MixLayoutList"),
        ("MixLayoutParams", "WaterMarkList"),
        ("WaterMark", "WaterMarkImage"),
        ("WaterMark", "WaterMarkChar"),
        ("WaterMark", "WaterMarkTimestamp"),
    }
    owners = (
        "RecordParams TencentVod CloudStorage VideoParams AudioParams MixLayoutParams MixLayout "
        "SubscribeStreamUserIds WaterMark WaterMarkImage WaterMarkChar WaterMarkTimestamp"
    )
    parameters = {(owner, member) for owner in owners.split() for member in members(owner)}
    assert parameters - public_names() == told


def test_every_setting_has_a_wire_entry() -> None:
    settings = {path for path in FIELDS if path.startswith(SETTINGS + "/")}
    assert settings == {path for path in WIRE if path.startswith(SETTINGS + "/")}


@pytest.mark.parametrize(
    ("path", "value", "wire"),
    [
        ("media", "audio", 1),
        ("formats", ("mp4", "hls"), ["mp4", "hls"]),
        ("mixed/layout/kind", "grid", 3),
        ("single/merge", True, 1),
        ("mixed/layout/hideAudioOnly", True, True),
        ("mixed/layout/renderMode", "letterbox", 2),
        ("mixed/layout/panes/*/stream", "aux", 1),
        ("mixed/layout/watermarks/*/timestamp/position", "center", 6),
        ("mixed/layout/watermarks/*/timestamp/timeZone", "UTC+8", 8),
        ("mixed/layout/watermarks/*/text/font", "source-han-sans", "SourceHanSans"),
        ("subscribe/audio/block", ("alice", "class-.*$"), ["alice", "class-.*$"]),
    ],
)
def test_codes_are_the_documented_ones(path: str, value: Value, wire: object) -> None:
    assert WIRE[f"{SETTINGS}/{path}"].codec.encode(value) == wire


@pytest.mark.parametrize(
    ("formats", "output_format", "media_type"),
    [(("mp4",), 3, 0), (("hls",), 0, 1), (("aac",), 4, 2), (("mp4", "hls"), 1, 3), (("hls", "aac"), 2, 4)],
)
def test_rest_spells_formats_by_storage(formats: Value, output_format: int, media_type: int) -> None:
    by_name = {wire.name: wire.codec.encode(formats) for wire in WIRE[f"{SETTINGS}/formats"].rest}
    assert by_name == {"RecordParams.OutputFormat": output_format, "TencentVod.MediaType": media_type}


def test_an_hour_is_a_number_of_hours() -> None:
    codec = WIRE[f"{SETTINGS}/resourceExpiry"].codec
    assert codec.encode(FIELDS[f"{SETTINGS}/resourceExpiry"].kind.parse("3d")) == 72


@pytest.mark.parametrize("wire", ["1", None, True, 9, 0.5])
def test_unforeseen_codes_are_refused_not_guessed(wire: object) -> None:
    with pytest.raises(ValueError, match="is no known code"):
        WIRE[f"{SETTINGS}/media"].codec.decode(wire)
