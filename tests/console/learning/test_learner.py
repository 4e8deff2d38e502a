"""A session at the simulated page, in the shape of a binding that nobody told the learner, teaches that binding."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from provisioner.console.learning.exchanges import Exchange, exchange
from provisioner.console.learning.learner import Lesson, learn
from provisioner.console.learning.sheet import rounds
from provisioner.console.learning.study import binding_text
from provisioner.console.port import Unreadable
from provisioner.console.tencent.binding import load
from provisioner.recording.fields import SETTINGS
from tests.console.learning import bindings
from tests.console.learning.measure import measured
from tests.console.learning.session import APP, compressed, session
from tests.console.learning.session import entry as har_entry

MAKERS: dict[str, Callable[[], bindings.Document]] = {
    "default": bindings.default,
    **bindings.SCRAMBLED,
    **bindings.UNTOLD,
}


@cache
def captured(name: str) -> tuple[Path, str, list[dict[str, Any]]]:
    """A folder, the binding's name in it, and the afternoon's entries; played once."""
    folder = Path(mkdtemp(prefix="learn-"))
    given = "default" if name == "default" else bindings.write(folder, MAKERS[name]())
    return folder, given, session(folder, load(given, folder))


def calls(entries: list[dict[str, Any]], file: str = "a.har") -> list[Exchange]:
    return [call for number, entry in enumerate(entries) if (call := exchange(entry, file, number))]


def lesson(name: str, *more: dict[str, Any]) -> Lesson:
    return learn(bindings.default(), [calls([*captured(name)[2], *more])], rounds())


def fields_at(found: Lesson, grade: str) -> set[str]:
    return {path for path, entry in found.binding["fields"].items() if entry["grade"] == grade}


@pytest.mark.parametrize("name", MAKERS)
def test_what_was_typed_into_the_page_teaches_its_binding(name: str) -> None:
    folder, given, _ = captured(name)
    found = lesson(name)
    (folder / "learned.yaml").write_text(binding_text(found.binding, "learned"), encoding="utf-8")
    recall, precision, missed, wrong = measured(folder, given, "learned.yaml")
    assert wrong == []
    assert precision == 1
    assert recall >= 0.95, missed
    assert set(missed) <= {"read.generation"}
    assert found.contradictions == []


@pytest.mark.parametrize("name", ["default", "template"])
def test_what_was_missed_is_listed(name: str) -> None:
    assert any(one.entry == "read" and "recording type was not learned" in one.why for one in lesson(name).open)


def test_half_a_sheet_claims_no_more_than_it_shows() -> None:
    """Two rounds tell numbers and texts; of a choice they tell nothing that could not be chance."""
    entries = captured("units")[2]
    third_save = next(number for number, entry in enumerate(entries) if "sheet3" in json.dumps(entry))
    found = learn(bindings.default(), [calls(entries[:third_save])], rounds())
    assert found.rounds == (1, 2)
    observed = fields_at(found, "observed")
    assert f"{SETTINGS}/maxIdleTime" in observed
    assert observed.isdisjoint({f"{SETTINGS}/media", f"{SETTINGS}/mixed/layout/kind", f"{SETTINGS}/single/merge"})
    advice = {one.entry: one.next for one in found.open}
    assert advice[f"field:{SETTINGS}/single/merge"] == "Type round 5, 6, 7, 8 of the sheet."


def test_every_answer_compressed_teaches_the_same() -> None:
    entries = [compressed(entry) for entry in captured("codes")[2]]
    assert learn(bindings.default(), [calls(entries)], rounds()).binding == lesson("codes").binding


def test_a_second_capture_refines_and_counts() -> None:
    entries = captured("renamed")[2]
    half = next(number for number, entry in enumerate(entries) if "sheet5" in json.dumps(entry))
    first = learn(bindings.default(), [calls(entries[:half])], rounds())
    second = learn(first.binding, [calls(entries[half:], "b.har")], rounds())
    assert second.contradictions == []
    url = f"{SETTINGS}/callback/url"
    assert first.binding["fields"][url]["seen"] < second.binding["fields"][url]["seen"]
    assert fields_at(first, "observed") < fields_at(second, "observed")
    both = learn(bindings.default(), [calls(entries[:half]), calls(entries[half:], "b.har")], rounds())
    assert fields_at(both, "observed") == fields_at(lesson("renamed"), "observed")


def test_a_capture_of_another_shape_overturns_nothing() -> None:
    first = lesson("default")
    second = learn(first.binding, [calls(captured("units")[2])], rounds())
    assert f"field:{SETTINGS}/maxIdleTime" in {one.entry for one in second.contradictions}
    kept, was = second.binding["fields"], first.binding["fields"]
    assert kept[f"{SETTINGS}/maxIdleTime"] == was[f"{SETTINGS}/maxIdleTime"]


def _altered(entries: list[dict[str, Any]], old: str, new: str, nth: int) -> list[dict[str, Any]]:
    """The entries with `old` replaced in the answer that holds it for the nth time."""
    copied: list[dict[str, Any]] = json.loads(json.dumps(entries))
    holding = [entry for entry in copied if old in entry["response"]["content"]["text"]]
    content = holding[nth]["response"]["content"]
    content["text"] = content["text"].replace(old, new)
    return copied


def test_an_answer_that_disagrees_takes_the_entry_back() -> None:
    """One round in which the page shows another value than was typed: nobody knows then what the place means."""
    entries = _altered(captured("default")[2], '"Fps":23', '"Fps":24', -1)
    found = learn(bindings.default(), [calls(entries)], rounds())
    fps = f"{SETTINGS}/mixed/video/fps"
    assert found.binding["fields"][fps]["grade"] == "assumed"
    assert fps in {one.entry.removeprefix("field:") for one in found.open}


def test_an_echo_elsewhere_in_the_answer_makes_it_ambiguous_or_is_told_apart_by_the_request() -> None:
    entries: list[dict[str, Any]] = json.loads(json.dumps(captured("default")[2]))
    for entry in entries:
        answer = json.loads(entry["response"]["content"]["text"])
        template = answer["data"]["Response"].get("SdkAppInfo", {}).get("Recording", {}).get("Template")
        if template:
            answer["data"]["Response"]["Summary"] = {"Idle": template["MaxIdleTime"]}
            answer["data"]["Response"]["Echo"] = {"Template": {"MaxIdleTime": template["MaxIdleTime"]}}
            entry["response"]["content"]["text"] = json.dumps(answer)
    found = learn(bindings.default(), [calls(entries)], rounds())
    idle = f"{SETTINGS}/maxIdleTime"
    assert found.binding["fields"][idle]["grade"] == "assumed"
    (told,) = [one for one in found.open if one.entry == f"field:{idle}"]
    assert "several places fit it" in told.why


def test_nothing_is_learned_where_nobody_typed_the_sheet() -> None:
    entries = captured("default")[2][:5]  # the list, and two pages that somebody opened
    found = learn(bindings.default(), [calls(entries)], rounds())
    assert (found.evidence, found.binding, found.rounds) == ([], bindings.default(), ())
    assert [one.entry for one in found.open] == ["everything"]


def test_an_application_that_was_not_new_still_teaches_its_settings() -> None:
    """What it showed before is nobody's word; only what begins with it stays open."""
    entries = captured("default")[2]
    second = next(number for number, entry in enumerate(entries) if "sheet2" in json.dumps(entry)) - 2
    found = learn(bindings.default(), [calls(entries[:3] + entries[second:])], rounds())
    assert "/recording/enabled" not in fields_at(found, "observed")
    assert {"/recording/mode", f"{SETTINGS}/media"} <= fields_at(found, "observed")
    assert "still off" in next(one.next for one in found.open if one.entry == "field:/recording/enabled")


def test_pages_may_be_numbered_from_nought() -> None:
    document = bindings.flat()
    document["list"]["page"]["first"] = 0
    folder = Path(mkdtemp(prefix="learn-"))
    entries = session(folder, load(bindings.write(folder, document), folder))
    page = learn(bindings.default(), [calls(entries)], rounds()).binding["list"]["page"]
    assert (page["number"], page["first"], page["limit"]) == ("PageIndex", 0, "PageSize")


def test_pages_of_one_application_cannot_tell_how_pages_are_counted() -> None:
    """Offset 1 and page 1 are the same then: nothing is claimed."""
    entries = [entry for entry in captured("flat")[2] if '"PageSize": 2' not in entry["request"]["postData"]["text"]]
    found = learn(bindings.default(), [calls(entries)], rounds())
    assert found.binding["list"]["grade"] == "withdrawn"
    assert any(one.entry == "list" and "second page" in one.next for one in found.open)


def reported(entries: list[dict[str, Any]], service: str, action: str) -> list[dict[str, Any]]:
    """The entries, with a call before each save that carries the very same parameters to another action."""
    result = []
    for one in entries:
        body = json.loads(one["request"]["postData"]["text"])
        if "sheet" in json.dumps(body):
            copied = har_entry(f"http://x/cgi/capi?i={service}/{action}", {**body, "cmd": action}, _DONE, 1)
            result.append({**copied, "startedDateTime": one["startedDateTime"]})
        result.append(one)
    return result


_DONE = json.dumps({"code": 0, "data": {"Response": {"RequestId": "1"}}})


@pytest.mark.parametrize("name", ["default", "flat"])
def test_what_a_page_reports_to_another_service_is_no_write(name: str) -> None:
    entries = reported(captured(name)[2], "monitor", "ReportEvent")
    assert learn(bindings.default(), [calls(entries)], rounds()).binding == lesson(name).binding


def test_of_two_actions_that_carry_the_same_none_is_taken_for_the_write() -> None:
    entries = reported(captured("snake")[2], "rtcadmin", "CheckSetting")
    found = learn(bindings.default(), [calls(entries)], rounds())
    assert not {path for path in fields_at(found, "observed") if path.startswith(SETTINGS)}
    assert found.binding["writes"] == bindings.default()["writes"]
    advice = {one.entry: one for one in found.open}
    assert "CheckSetting" in advice[f"field:{SETTINGS}/media"].why
    assert "--without ACTION" in advice[f"field:{SETTINGS}/media"].next


def test_what_is_never_shown_stands_beside_its_neighbours() -> None:
    """So that a learned binding takes a secret for hidden, not for unset, where answers and requests differ."""
    folder, given, _ = captured("flat")
    (folder / "hidden.yaml").write_text(binding_text(lesson("flat").binding, "learned"), encoding="utf-8")
    learned, own = load("hidden.yaml", folder), load(given, folder)
    answer = {"BizName": "x", "RecordStoreKind": 1, "RecordTemplateStorageParamsCloudStorageBucket": "b"}
    path = f"{SETTINGS}/storage/cos/secretKeyRef"
    assert isinstance(own.answered(answer)[path], Unreadable)
    assert learned.answered(answer)[path] == own.answered(answer)[path]


def test_a_write_may_answer_that_it_was_done() -> None:
    entries: list[dict[str, Any]] = json.loads(json.dumps(captured("default")[2]))
    for one in entries:
        answer = json.loads(one["response"]["content"]["text"])
        if answer["data"]["Response"].keys() == {"RequestId"}:
            answer["data"]["Response"] |= {"Result": "ok", "Took": {"Unit": "ms"}}
            one["response"]["content"]["text"] = json.dumps(answer)
    assert learn(bindings.default(), [calls(entries)], rounds()).binding == lesson("default").binding


def test_what_is_the_same_of_every_application_is_no_write() -> None:
    """Two applications' plans, which are alike, do not hide how the test application was before the first round."""
    entries = captured("default")[2]
    alike = json.dumps({"code": 0, "data": {"Response": {"Plan": "pro", "RequestId": "1"}}})
    url = "http://127.0.0.1/cgi/capi?i=trtc/DescribePlan"
    plans = [har_entry(url, {"data": {"SdkAppId": number}}, alike, 1) for number in (20000101, APP)]
    assert learn(bindings.default(), [calls([*plans, *entries])], rounds()).binding == lesson("default").binding
