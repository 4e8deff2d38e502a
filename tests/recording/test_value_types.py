from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Kind, canonical
from provisioner.specs.yaml.reader import read
from tests.profiles import examples
from tests.values import values

KINDS = {field.kind: path for path, field in FIELDS.items()}
"""Each kind with one of its fields."""


@settings(max_examples=examples(25))
@given(st.data())
@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_text_and_value_are_the_same_thing_and_an_editor_marks_neither(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(values(kind))
    written = json.dumps({"leaf": canonical(value)}, ensure_ascii=False)
    again = kind.parse(read(written.encode(), "a.yaml").plain()["leaf"])
    assert again == value
    assert canonical(again) == canonical(value)
    assert jsonschema_rs.Draft202012Validator(kind.schema()).is_valid(canonical(value))


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("formats", [], "takes a list of mp4, hls, aac, not an empty list"),
        ("maxFileDuration", "90s", "takes multiples of 1m, not 90s"),
        ("maxFileDuration", "25h", "takes 1m to 24h, not 25h"),
        ("maxIdleTime", "4s", "takes 5s to 24h, not 4s"),
        ("resourceExpiry", "5h", "takes 6h to 720h, not 5h"),
        ("resourceExpiry", "90m", "takes 6h to 720h, not 90m"),
        ("resourceExpiry", "450m", "takes multiples of 1h, not 450m"),
        ("mixed/audio/sampleRate", "32kHz", "takes one of 48kHz, 44.1kHz, 16kHz, not 32kHz"),
        ("mixed/video/bitrate", "9000kbps", "takes 64kbps to 8192kbps, not 9000kbps"),
        ("mixed/video/fps", 61, "takes 1 to 60, not 61"),
        ("mixed/layout/background", "black", 'takes a colour such as #000000, not "black"'),
        ("mixed/layout/backgroundImage", "https://example.com/a.gif", "takes an http or https address of a jpg"),
        ("mixed/layout/panes/*/renderMode", "fit", "takes one of stretch, crop, letterbox, smart-stretch"),
        ("mixed/layout/watermarks/*/timestamp/timeZone", "+8", "takes one of UTC[+]0,"),
        ("subscribe/audio/allow", "alice", 'takes a list of at most 32 texts, each a UserId .*, not "alice"'),
        ("subscribe/audio/allow", [], "not 0 of them"),
        ("subscribe/audio/allow", [f"user-{n}" for n in range(33)], "not 33 of them"),
        ("subscribe/audio/allow", ["class-*"], r'a prefix such as class-\.\*\$, not "class-\*"'),
        ("subscribe/audio/allow", ["alice", "alice"], "names alice twice"),
        ("fileNamePrefix", "a.b", "takes letters, digits, _ and -"),
        ("fileNamePrefix", "x" * 65, "takes letters, digits, _ and -"),
        ("fileNamePrefix", "tail\n", "takes letters, digits, _ and -"),
        ("callback/keyRef", "env:KEY\n", "takes a reference"),
        ("callback/url", "https://example.com/" + "x" * 2083, "takes an http or https address"),
    ],
)
def test_what_does_not_fit_is_told_with_what_does(name: str, raw: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        FIELDS[f"{SETTINGS}/{name}"].kind.parse(raw)


def test_lists_are_sets_with_one_order() -> None:
    kind = FIELDS[f"{SETTINGS}/subscribe/audio/allow"].kind
    assert kind.parse(["bob", "class-.*$", "alice"]) == ("alice", "bob", "class-.*$")
