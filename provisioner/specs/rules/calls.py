"""What a legal recording may still lose, or cost: idle times and calls that are recorded twice."""

from __future__ import annotations

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.manual import manual
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.specs.rules.rule import Reasons, Rule, each

SHORT_IDLE = Quantity.parse("10s", Dimension.TIME)
"""Below this, somebody who changes from Wi-Fi to mobile data may come back too late (this tool's choice)."""

LONG_IDLE = Quantity.parse("10m", Dimension.TIME)
"""Above this, waiting for nobody is no longer small change (this tool's choice)."""

_IDLE = "maxIdleTime"
_BACKEND = "/recording/backendRecords"


def _idle_outlasts_a_drop(app: Application) -> Reasons:
    """Only somebody who publishes alone: as long as one anchor is there, nothing is idle."""
    idle, expected = app.setting(_IDLE), app.value("/recording/expectedParticipants")
    if not app.records or not isinstance(idle, Quantity) or not idle < SHORT_IDLE or expected not in (None, 1):
        return
    whose = "the one who publishes" if expected else "whoever publishes alone (expectedParticipants is not given)"
    after = "goes on in another file" if app.automatic else "is not recorded until the backend starts again"
    yield (
        f"{SETTINGS}/{_IDLE}",
        f"maxIdleTime {idle} ends the recording when {whose} loses the network for longer, and the call {after}; "
        f"take {SHORT_IDLE} or more",
    )


def _idle_is_cheap(app: Application) -> Reasons:
    idle = app.setting(_IDLE)
    if app.records and isinstance(idle, Quantity) and idle > LONG_IDLE:
        message = f"maxIdleTime {idle}: every call is charged as audio for that long after everybody left"
        yield f"{SETTINGS}/{_IDLE}", f"{message}; {LONG_IDLE} or less is enough for anybody who comes back"


def _recorded_once(app: Application) -> Reasons:
    if manual(app) and app.value(_BACKEND) is True:
        message = (
            "the controller records every call and the backend records it too: two files and two fees; remove "
            "recording.manual, or have the backend stop and set backendRecords: false"
        )
        yield _BACKEND, message
    if app.automatic and app.value(_BACKEND) is True:
        message = (
            "the console's template records every call and the backend records it too: two files and two fees; "
            "choose mode: manual, or have the backend stop and set backendRecords: false"
        )
        yield _BACKEND, message


RULES = (
    Rule(
        "REC062",
        "A short network drop does not end a recording",
        Severity.LOW,
        "A recording ends when every anchor has been gone for longer than the idle time (on-cloud recording guide).",
        each(_idle_outlasts_a_drop),
        waivable=True,
    ),
    Rule(
        "REC063",
        "Nobody pays for empty rooms",
        Severity.LOW,
        "The idle time at a recording's end is charged as audio (billing page of on-cloud recording).",
        each(_idle_is_cheap),
        waivable=True,
    ),
    Rule(
        "REC064",
        "A call is recorded once",
        Severity.MEDIUM,
        "Automatic and manual recording at once make two files and two fees (console guide: function configuration).",
        each(_recorded_once),
        waivable=True,
    ),
)
