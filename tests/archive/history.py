"""A simulated console in which calls happened on days of the past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from provisioner.archive.minutes.usage_period import ZONE, day_of
from provisioner.console.embedded.state_file import state_file
from provisioner.foundation.clock import system_clock
from provisioner.simulator import SITES, Call, ConsoleState, Room, SeedApplication

VOD = {"CloudVod": {"TencentVod": {"SubAppId": 1500000010, "ExpireTime": 604_800}}}
MIXED = {"MaxIdleTime": 5, "MixRecord": {"MaxUsers": 8}, "StorageParams": VOD}
SINGLE = {"MaxIdleTime": 5, "SingleRecord": {}, "StorageParams": VOD}

VIDEO_CALL, CLASSROOM, SUPPORT_DESK = 20001001, 20001002, 20001003


def today() -> date:
    """The day that is not over yet, as the commands see it."""
    return day_of(system_clock())


def days_ago(number: int) -> date:
    return today() - timedelta(days=number)


@contextmanager
def history(root: Path, environment: str = "dev", site: str = "intl") -> Iterator[ConsoleState]:
    """The environment's console before anything else has opened it: video-call and classroom record by themselves.

    Calls may be played from a hundred days ago on.
    """
    long_ago = datetime.combine(days_ago(100), time(), ZONE).timestamp()
    file = state_file(root, environment)
    file.parent.mkdir(parents=True, exist_ok=True)
    with ConsoleState(file, site=SITES[site], clock=lambda: long_ago) as state:
        state.seed(
            [
                SeedApplication(VIDEO_CALL, "video-call", "new", True, "auto", MIXED),
                SeedApplication(CLASSROOM, "classroom", "new", True, "auto", SINGLE),
                SeedApplication(SUPPORT_DESK, "support-desk", "new", True, "manual"),
            ]
        )
    with ConsoleState(file, site=SITES[site]) as state:
        yield state


def play(state: ConsoleState, sdk_app_id: int, day: date, minutes: float, hour: int = 12, **call: object) -> None:
    """Two people talk on a day of the past."""
    start = datetime.combine(day, time(hour), ZONE).timestamp()
    room = Room(sdk_app_id, str(int(start) % 4_000_000_000))
    events = Call(seconds=minutes * 60, stagger=0, **call).events()  # type: ignore[arg-type]
    state.recordings.play(room, events, start=start)
