"""Templates and random calls."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from provisioner.simulator.calls import CallEvent, Dismiss, Enter, Leave, Publish, Unpublish

VOD: dict[str, Any] = {"CloudVod": {"TencentVod": {"SubAppId": 1500000001}}}
MIXED: dict[str, Any] = {"MaxIdleTime": 5, "MixRecord": {}, "StorageParams": VOD}
SINGLE: dict[str, Any] = {"MaxIdleTime": 5, "SingleRecord": {}, "StorageParams": VOD}


def talk(user: str, start: float, end: float, *, video: bool = True) -> list[CallEvent]:
    """Somebody enters, sends sound (and a picture) at once, and leaves."""
    picture: list[CallEvent] = [Publish(start, user, "video")] if video else []
    return [Enter(start, user), Publish(start, user, "audio"), *picture, Leave(end, user)]


def merged(*parts: list[CallEvent]) -> list[CallEvent]:
    return sorted((event for part in parts for event in part), key=lambda event: event.at)


@st.composite
def calls(draw: st.DrawFn) -> list[CallEvent]:
    """Anything that people can do in a room, at most 30 events, some at the same moment."""
    events: list[CallEvent] = []
    now, people = 0.0, {}
    for _ in range(draw(st.integers(0, 30))):
        now += draw(st.sampled_from([0, 0.5, 1, 5, 5.5, 6, 400]))
        user = draw(st.sampled_from([f"u{number}" for number in range(11)]))
        if user not in people:
            people[user] = set[str]()
            anchor = draw(st.booleans()) or draw(st.booleans())
            events.append(Enter(now, user, anchor))
            if not anchor:
                people[user].add("audience")
        elif draw(st.integers(0, 3)) == 0:
            del people[user]
            events.append(Leave(now, user))
        elif "audience" not in people[user]:
            medium: Any = draw(st.sampled_from(["audio", "video", "screen"]))
            if medium in people[user]:
                people[user].discard(medium)
                events.append(Unpublish(now, user, medium))
            else:
                people[user].add(medium)
                events.append(Publish(now, user, medium, draw(st.sampled_from([320, 1280, 3840])), 240))
    if draw(st.booleans()):
        events.append(Dismiss(now + 1))
    return events
