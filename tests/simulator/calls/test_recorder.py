"""Recordings that the backend orders, and what recorded time is billed as."""

from __future__ import annotations

import math
from typing import Any

import pytest

from provisioner.simulator.calls import CallEvent, Dismiss, LeaveCode, Publish
from provisioner.simulator.calls.billed_time import billed
from provisioner.simulator.calls.recipe import Recipe, subscription, task_recipe, template_recipes
from provisioner.simulator.calls.recorder import Order, Take, automatic_takes, ordered_take
from provisioner.simulator.calls.scenes import scenes
from provisioner.simulator.sites import CN, INTL
from tests.simulator.calls.values import MIXED, VOD, merged, talk


def recipe(mode: int = 2, **record: Any) -> Recipe:
    return task_recipe({"RecordParams": {"RecordMode": mode, **record}, "StorageParams": VOD})


def take(what: Recipe, events: list[CallEvent], order: Order, until: float = math.inf) -> Take:
    return ordered_take(what, order, scenes(events, since=order.start, until=until))


def test_a_task_runs_from_its_order_to_its_stop() -> None:
    done = take(recipe(), talk("ann", 0, 100), Order(10, 40))
    assert (done.started_at, done.ended_at, done.code) == (10, 40, LeaveCode.STOPPED)
    assert [(span.start, span.end) for span in done.spans] == [(10, 40)]


def test_a_task_in_an_empty_room_waits_for_its_idle_time_only() -> None:
    assert take(recipe(), [], Order(10)).ended_at == 40  # 30 s by default
    late = talk("ann", 30, 60)
    assert take(recipe(MaxIdleTime=20), late, Order(10)).ended_at == 80
    assert take(recipe(MaxIdleTime=19), late, Order(10)).ended_at == 29


def test_a_task_ends_with_the_room() -> None:
    done = take(recipe(), [*talk("ann", 0, 100), Dismiss(100)], Order(10))
    assert (done.ended_at, done.code) == (100, LeaveCode.DISMISSED)


def test_a_task_that_is_not_over_yet() -> None:
    running = take(recipe(), talk("ann", 0, 100), Order(10, 90), until=50)
    assert (running.ended_at, [(span.start, span.end) for span in running.spans]) == (None, [(10, 50)])


def test_rest_mixes_up_to_twenty_five_users() -> None:
    people = merged(*(talk(f"u{number}", 0, 100) for number in range(30)))
    (span,) = take(recipe(), people, Order(0, 50)).spans
    assert (len(span.streams), len(span.left_out)) == (25, 5)


def test_single_streams_stop_at_twenty_five() -> None:
    people = merged(*([*talk(f"u{number}", 0, 100), Publish(0, f"u{number}", "screen")] for number in range(20)))
    (span,) = take(recipe(1), people, Order(0, 50)).spans
    assert len(span.streams) == 25


@pytest.mark.parametrize(
    ("lists", "heard", "seen"),
    [
        ({}, {"ann", "anna", "ben"}, {"ann", "anna", "ben"}),
        ({"SubscribeAudioUserIds": ["ann"]}, {"ann"}, {"ann", "anna", "ben"}),
        ({"SubscribeAudioUserIds": ["ann.*$"]}, {"ann", "anna"}, {"ann", "anna", "ben"}),
        ({"UnSubscribeVideoUserIds": ["ann.*$", "ben"]}, {"ann", "anna", "ben"}, set()),
        ({"SubscribeVideoUserIds": []}, {"ann", "anna", "ben"}, {"ann", "anna", "ben"}),
    ],
)
def test_allow_and_block_lists(lists: dict[str, list[str]], heard: set[str], seen: set[str]) -> None:
    people = merged(*(talk(user, 0, 100) for user in ("ann", "anna", "ben")))
    (span,) = take(recipe(SubscribeStreamUserIds=lists), people, Order(0, 50)).spans
    assert {stream.user for stream in span.streams if stream.audio} == heard
    assert {stream.user for stream in span.streams if stream.size} == seen


def test_a_revision_replaces_the_lists_from_its_moment_on() -> None:
    people = merged(talk("ann", 0, 100), talk("ben", 0, 100))
    only_ann = recipe(SubscribeStreamUserIds={"SubscribeAudioUserIds": ["ann"], "SubscribeVideoUserIds": ["ann"]})
    order = Order(0, 90, revisions=((30, subscription({"UnSubscribeAudioUserIds": ["ann"]})), (60, subscription({}))))
    spans = take(only_ann, people, order).spans
    assert [(span.start, span.end, [(stream.user, stream.audio) for stream in span.streams]) for span in spans] == [
        (0, 30, [("ann", True)]),
        (30, 60, [("ann", False), ("ben", True)]),
        (60, 90, [("ann", True), ("ben", True)]),
    ]


@pytest.mark.parametrize(
    ("media_type", "formats"), [(0, ("mp4",)), (1, ("hls",)), (2, ("aac",)), (3, ("hls", "mp4")), (4, ("hls", "aac"))]
)
def test_formats_in_vod(media_type: int, formats: tuple[str, ...]) -> None:
    storage = {"CloudVod": {"TencentVod": {"MediaType": media_type}}}
    ordered = {"RecordParams": {"RecordMode": 1, "OutputFormat": 4}, "StorageParams": storage}
    assert task_recipe(ordered).formats == formats


@pytest.mark.parametrize(
    ("output", "formats"), [(0, ("hls",)), (1, ("hls", "mp4")), (2, ("hls", "aac")), (3, ("mp4",)), (4, ("aac",))]
)
def test_formats_in_a_bucket(output: int, formats: tuple[str, ...]) -> None:
    storage = {"CloudStorage": {"Vendor": 1, "Region": "us-east-1", "Bucket": "b", "FileNamePrefix": ["a", "b"]}}
    made = task_recipe({"RecordParams": {"RecordMode": 1, "OutputFormat": output}, "StorageParams": storage})
    assert (made.formats, made.storage.vendor, made.storage.folders) == (formats, "s3", ("a", "b"))


def auto(events: list[CallEvent]) -> Take:
    (what,) = template_recipes(MIXED)
    (only,) = automatic_takes(what, scenes(events))
    return only


@pytest.mark.parametrize(
    ("size", "tier"),
    [((640, 480), "HD"), ((1280, 720), "HD"), ((1920, 1080), "FullHD"), ((2560, 1440), "2K"), ((2561, 1440), "4K")],
)
def test_the_international_site_charges_a_task_by_all_its_pictures(size: tuple[int, int], tier: str) -> None:
    events = [*talk("ann", 0, 100, video=False)]
    events.insert(2, Publish(40, "ann", "video", *size))
    assert billed(auto(events), INTL) == {(0, "Audio"): 45, (0, tier): 60}  # 40 s sound, 5 s of waiting


def test_two_small_pictures_are_a_larger_one() -> None:
    events = merged(talk("ann", 0, 100), talk("ben", 0, 100))
    events.insert(0, events.pop(0))
    assert billed(auto(events), INTL) == {(0, "HD"): 100, (0, "Audio"): 5}


def test_the_chinese_site_charges_every_input_stream() -> None:
    assert billed(auto(merged(talk("ann", 0, 100), talk("ben", 0, 100, video=False))), CN) == {
        (0, "SD"): 100,
        (0, "Audio"): 105,
    }


def test_usage_is_told_in_slots_of_five_minutes() -> None:
    parts = billed(auto(talk("ann", 290, 910, video=False)), INTL)
    assert parts == {(0, "Audio"): 10, (1, "Audio"): 300, (2, "Audio"): 300, (3, "Audio"): 15}
