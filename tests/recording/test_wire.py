from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.kinds import Value
from provisioner.recording.wire import WIRE
from tests.values import wire_values


@given(st.data())
@pytest.mark.parametrize("path", WIRE)
def test_every_value_survives_the_wire(path: str, data: st.DataObject) -> None:
    value: Value = data.draw(wire_values(path))
    assert WIRE[path].codec.decode(WIRE[path].codec.encode(value)) == value


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
    ],
)
def test_codes_are_the_documented_ones(path: str, value: Value, wire: object) -> None:
    assert WIRE[f"{SETTINGS}/{path}"].codec.encode(value) == wire


@pytest.mark.parametrize("wire", ["1", None, True, 9, 0.5])
def test_unforeseen_codes_are_refused_not_guessed(wire: object) -> None:
    with pytest.raises(ValueError, match="is no known code"):
        WIRE[f"{SETTINGS}/media"].codec.decode(wire)
