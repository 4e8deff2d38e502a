"""What would a call leave behind under a template? A timeline and the files, without a console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Publish, Room, Unpublish
from provisioner.simulator.calls.files import SimulatedFile, recorded_files
from provisioner.simulator.calls.recipe import Mix, Recipe, template_recipes
from provisioner.simulator.calls.recorder import LeaveCode, Span, Take, automatic_takes
from provisioner.simulator.calls.scenes import scenes
from provisioner.simulator.sites import INTL, SimulatedSite

REHEARSED_ROOM = Room(1400000001, "1234")
"""The room of a rehearsal that names none."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline: seconds on the call's timeline, and what happened. `recording` tells whose doing it is:
    False for what people did, True for what the recording did."""

    at: float
    text: str
    recording: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a call leaves behind: `takes` pairs each run of a recording with the recipe it ran by."""

    timeline: tuple[TimelineEntry, ...]
    takes: tuple[tuple[Recipe, Take], ...]
    files: tuple[SimulatedFile, ...]


def rehearse(
    template: Mapping[str, Any], events: Iterable[CallEvent], *, room: Room = REHEARSED_ROOM, site: SimulatedSite = INTL
) -> Rehearsal:
    """Run `events` through automatic recording by `template`, a legal wire template (`template.TEMPLATE`).

    A recording that is still running when the events end has left no file yet. Raises ImpossibleCallError.
    """
    events = tuple(events)
    view = tuple(scenes(events))
    takes = tuple((recipe, take) for recipe in template_recipes(template) for take in automatic_takes(recipe, view))
    files = tuple(
        file
        for recipe, take in takes
        if take.ended_at is not None
        for file in recorded_files(recipe, take, room, site.naming)
    )
    return Rehearsal(timeline(events, takes), takes, files)


def unrecorded(events: Iterable[CallEvent]) -> Rehearsal:
    """The same where nothing records."""
    return Rehearsal(timeline(events, ()), (), ())


def timeline(events: Iterable[CallEvent], takes: Iterable[tuple[Recipe, Take]]) -> tuple[TimelineEntry, ...]:
    """What happened, in order; of one moment, people come before the recording."""
    moments = [TimelineEntry(event.at, _happening(event)) for event in events]
    for recipe, take in takes:
        name = "mixed recording" if isinstance(recipe.kind, Mix) else "single-stream recording"
        moments.extend(TimelineEntry(at, f"{name} {text}", recording=True) for at, text in _course(recipe, take))
    return tuple(sorted(moments, key=lambda moment: (moment.at, moment.recording)))


def _happening(event: CallEvent) -> str:
    match event:
        case Enter(_, user, anchor):
            return f"{user} enters" if anchor else f"{user} enters as audience"
        case Leave(_, user):
            return f"{user} leaves"
        case Publish(_, user, "audio"):
            return f"{user} starts audio"
        case Publish(_, user, medium, width, height):
            return f"{user} starts {medium} {width}x{height}"
        case Unpublish(_, user, medium):
            return f"{user} stops {medium}"
        case Dismiss():
            return "the room is dismissed"


def _course(recipe: Recipe, take: Take) -> Iterator[tuple[float, str]]:
    yield take.started_at, "starts"
    nothing = Span(take.started_at, take.started_at, ())
    for before, span in pairwise((nothing, *take.spans)):
        for user in span.left_out:
            if user not in before.left_out:
                yield span.start, f"does not take in {user}: no place is free"
        for user in before.left_out:
            if user in {stream.user for stream in span.streams}:
                yield span.start, f"takes in {user}: a place fell free"
        if span.waiting and not before.waiting:
            yield span.start, f"waits up to {recipe.idle_seconds} s for an anchor to return"
        if before.waiting and not span.waiting:
            yield span.start, "goes on: an anchor is back"
    if take.ended_at is not None:
        yield take.ended_at, f"ends: {reason(take.code or LeaveCode.STOPPED)}"


def reason(code: LeaveCode) -> str:
    """Why a recording ended, in words."""
    return _REASONS[code]


_REASONS = {
    LeaveCode.STOPPED: "stopped over REST",
    LeaveCode.KICKED: "its robot was put out of the room",
    LeaveCode.DISMISSED: "the room was dismissed",
    LeaveCode.IDLE: "no anchor came back in time",
    LeaveCode.REPLACED: "another robot entered with the same UserId",
}
