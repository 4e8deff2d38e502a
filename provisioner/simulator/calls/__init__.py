"""Calls and what recording makes of them: a pure engine without I/O, for rehearsals and for the stateful console.

rehearse(template, Call(people=9, drops=(Drop(at=300, seconds=12),)).events())
"""

from provisioner.simulator.calls.events import Dismiss, Enter, Event, Leave, Medium, Publish, Room, Unpublish
from provisioner.simulator.calls.files import RecordedFile
from provisioner.simulator.calls.recorder import LeaveCode
from provisioner.simulator.calls.rehearsal import Moment, Rehearsal, rehearse, unrecorded
from provisioner.simulator.calls.scenario import Call, Drop
from provisioner.simulator.calls.scenes import ImpossibleCallError

__all__ = [
    "Call",
    "Dismiss",
    "Drop",
    "Enter",
    "Event",
    "ImpossibleCallError",
    "Leave",
    "LeaveCode",
    "Medium",
    "Moment",
    "Publish",
    "RecordedFile",
    "Rehearsal",
    "Room",
    "Unpublish",
    "rehearse",
    "unrecorded",
]
