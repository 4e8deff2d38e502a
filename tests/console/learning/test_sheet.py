"""The sheet: legal, and of a kind that no two fields can be taken for each other."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from provisioner.console.learning.places import storage_of, values_of
from provisioner.console.learning.sheet import VENDOR, Round, rounds
from provisioner.console.learning.timeline import Pointer, forms, round_of
from provisioner.console.port import ConsoleChange
from provisioner.console.tencent.binding import load
from provisioner.recording.fields import FIELDS
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codes, WordList
from provisioner.simulator import SITES
from provisioner.simulator.template import TEMPLATE, check_site
from tests.conftest import ROOT


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("number", range(1, 10))
def test_every_round_is_legal(site: str, number: int) -> None:
    for one in rounds(site):
        if one.number != number:
            continue
        change = ConsoleChange(one.values, frozenset(one.values))
        bodies = [body for _, body in load("default", ROOT).requests(7, change, lambda key: key)]
        (template,) = [body["Template"] for body in bodies if "Template" in body]
        TEMPLATE.check(template, "Template")
        check_site(template, SITES[site])


def test_every_field_of_the_console_is_typed() -> None:
    assert {path for one in rounds() for path in one.values} == set(CONSOLE_WIRE)


def vector(path: str, sheet: tuple[Round, ...]) -> dict[int, Any]:
    return {number: value for number, value in values_of(path, sheet).items() if value is not None}


@pytest.mark.parametrize("site", SITES)
def test_no_two_choices_ever_change_alike(site: str) -> None:
    sheet = rounds(site)
    choices = [path for path in CONSOLE_WIRE if isinstance(CONSOLE_WIRE[path].codec, (Codes, WordList))]
    for one, other in combinations([path for path in choices if path != "/recording/enabled"], 2):
        first, second = vector(one, sheet), vector(other, sheet)
        common = sorted(first.keys() & second.keys())
        if len(common) < 3 or len({first[number] for number in common}) == len(common):
            continue
        pairs = {(str(first[number]), str(second[number])) for number in common}
        bijective = len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
        assert not bijective or len(pairs) < 2, (one, other)


def test_no_two_plain_values_are_alike_in_any_unit() -> None:
    sheet = rounds()
    plain = [path for path in CONSOLE_WIRE if not isinstance(CONSOLE_WIRE[path].codec, (Codes, WordList))]
    for one, other in combinations(plain, 2):
        if storage_of(one) and storage_of(other) and storage_of(one) != storage_of(other):
            continue
        first, second = vector(one, sheet), vector(other, sheet)
        common = first.keys() & second.keys()
        assert not common or any(not forms(first[n]) & forms(second[n]) for n in common), (one, other)


def test_a_round_is_known_by_its_values_in_any_unit() -> None:
    for one in rounds():
        wires: dict[Pointer, Any] = {
            (path,): min(forms(value), key=str) for path, value in one.values.items() if forms(value)
        }
        assert round_of(wires, rounds()) == one.number


def test_the_storage_decides_which_rounds_a_site_has() -> None:
    assert {str(one.values[VENDOR]) for one in rounds("intl")} == {"vod", "cos", "s3"}
    assert len(rounds("cn")) < len(rounds("intl"))
    assert FIELDS[VENDOR].required is False
