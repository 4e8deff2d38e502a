from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from provisioner.recording.document import flatten, nest
from provisioner.recording.fields import SETTINGS, reading_order
from provisioner.recording.value_types import Value
from tests.values import documents


@given(documents())
def test_nesting_and_flattening_undo_each_other(values: dict[str, Value]) -> None:
    document = nest(values)
    assert flatten(document) == values
    assert nest(flatten(document)) == document
    assert list(flatten(document)) == sorted(values, key=reading_order)


@given(documents())
def test_a_document_survives_a_protocol_that_knows_only_floating_point(values: dict[str, Value]) -> None:
    sent = json.loads(json.dumps(nest(values)), parse_int=float)
    assert flatten(sent) == values


def test_members_of_collections_are_nested_by_name() -> None:
    panes = f"{SETTINGS}/mixed/layout/panes"
    assert nest({f"{panes}/left/top": 0, f"{panes}/left/stream": "aux"}) == {
        "recording": {"settings": {"mixed": {"layout": {"panes": {"left": {"top": 0, "stream": "aux"}}}}}}
    }


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"colour": "red"}, "colour is no field of an application"),
        (
            {"recording": {"settings": {"mixed": {"layout": {"panes": {"Left": {"top": 1}}}}}}},
            "panes.Left.top is no field",
        ),
        ({"recording": {"settings": {"mixed": {"layout": {"panes": {"*": {"top": 1}}}}}}}, r"panes.\*.top is no field"),
        (
            {"recording": {"settings": {"mixed": {"layout": {"panes": {"left": {"top": 1.5}}}}}}},
            "recording.settings.mixed.layout.panes.left.top takes a whole number, not 1.5",
        ),
    ],
)
def test_what_is_no_field_is_named(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        flatten(document)
