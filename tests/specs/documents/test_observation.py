"""Observations as files: the same bytes for the same statement, every edit seen, every error at its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.documents.observation import CONFIRMABLE, Observation, file_text, parse
from provisioner.specs.yaml.reader import Malformed
from tests.values import values

FILE = "environments/prod/observations/call.yaml"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ENABLED = "/recording/enabled"


def observation(seen: dict[str, Value | None], who: str = "Ada Lovelace <ada@example.com>") -> Observation:
    in_order = {path: seen[path] for path in CONFIRMABLE if path in seen}
    return Observation("call", 20000101, who, NOON, NOON + timedelta(days=30), in_order)


def seen_values() -> st.SearchStrategy[dict[str, Value | None]]:
    optional = {path: st.none() | values(FIELDS[path].kind) for path in CONFIRMABLE if path != ENABLED}
    return st.fixed_dictionaries({ENABLED: st.booleans()}, optional=optional)


SMALL = observation(
    {
        ENABLED: True,
        "/recording/mode": "auto",
        f"{SETTINGS}/maxIdleTime": Quantity(Dimension.TIME, 120),
        f"{SETTINGS}/fileNamePrefix": None,
        f"{SETTINGS}/callback/url": None,
    }
)


@given(seen_values(), st.text(min_size=1, max_size=40).filter(str.isprintable))
def test_what_is_written_is_what_is_read(seen: dict[str, Value | None], who: str) -> None:
    stored = parse(file_text(observation(seen, who), "prod"), FILE)
    assert stored.observation == observation(seen, who)
    assert stored.intact


def test_the_file_is_what_a_reviewer_reads() -> None:
    assert file_text(SMALL, "prod").decode() == (
        "# Written by `provisioner attest prod/call`: confirm again instead of editing it.\n"
        "apiVersion: observation/v1\n"
        "kind: Observation\n"
        "name: call\n"
        "sdkAppId: 20000101\n"
        'who: "Ada Lovelace <ada@example.com>"\n'
        'when: "2026-01-31T12:00:00Z"\n'
        'expires: "2026-03-02T12:00:00Z"\n'
        f"digest: {SMALL.digest()}\n"
        "recording:\n"
        "  enabled: true\n"
        "  mode: auto\n"
        "  settings:\n"
        "    maxIdleTime: 2m\n"
        "    fileNamePrefix: null\n"
        "    callback: null\n"
    )


def test_a_block_of_which_nothing_is_set_is_one_null_and_a_missing_field_stays_unknown() -> None:
    single = {path: None for path in CONFIRMABLE if path.startswith(f"{SETTINGS}/single/")}
    stored = parse(file_text(observation({ENABLED: True, **single}), "prod"), FILE)
    assert dict(stored.observation.values) == {ENABLED: True, **single}
    assert b"    single: null\n" in file_text(observation({ENABLED: True, **single}), "prod")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("maxIdleTime: 2m", "maxIdleTime: 5s"),
        ("2026-03-02T12:00:00Z", "2027-03-02T12:00:00Z"),
        ("Ada Lovelace", "Ada Byron"),
        ("fileNamePrefix: null\n", "\n"),
        ("sdkAppId: 20000101", "sdkAppId: 20000102"),
    ],
)
def test_every_edit_shows(old: str, new: str) -> None:
    edited = file_text(SMALL, "prod").decode().replace(old, new)
    assert not parse(edited.encode(), FILE).intact


def test_layout_and_comments_are_no_edit() -> None:
    edited = file_text(SMALL, "prod").decode().replace("maxIdleTime: 2m", "maxIdleTime: 120s   # looked twice")
    assert parse(edited.encode(), FILE).intact


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("maxIdleTime: 2m", "maxIdleTime: 2s", f"{FILE}:14:18: REC011 recording.settings.maxIdleTime takes 5s to 24h"),
        ("maxIdleTime: 2m", "maxIdelTime: 2m", f"{FILE}:14:5: REC010"),
        ("2026-01-31T12", "2026-02-31T12", f'{FILE}:7:7: REC011 "2026-02-31T12:00:00Z" is no moment'),
        ("  enabled: true\n", "", f"{FILE}:11:3: REC012 recording needs the key enabled"),
        ("callback: null", "callback: {keyRef: env:KEY}", f"{FILE}:16:16: REC010"),
    ],
)
def test_a_broken_file_is_told_at_its_place(old: str, new: str, told: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(file_text(SMALL, "prod").decode().replace(old, new).encode(), FILE)
    assert str(caught.value.findings[0]).startswith(told)
