"""Calls and what recording makes of them: a pure engine without I/O, for rehearsals and for the stateful console.

rehearse(template, Call(people=9, drops=(Drop(at=300, seconds=12),)).events())
"""

from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Medium, Publish, Room, Unpublish
from provisioner.simulator.calls.files import SimulatedFile
from provisioner.simulator.calls.recorder import LeaveCode
from provisioner.simulator.calls.rehearsal import Rehearsal, TimelineEntry, rehearse, unrecorded
from provisioner.simulator.calls.scenario import Call, Drop
from provisioner.simulator.calls.scenes import ImpossibleCallError

__all__ = [
    "Call",
    "CallEvent",
    "Dismiss",
    "Drop",
    "Enter",
    "ImpossibleCallError",
    "Leave",
    "LeaveCode",
    "Medium",
    "Publish",
    "Rehearsal",
    "Room",
    "SimulatedFile",
    "TimelineEntry",
    "Unpublish",
    "rehearse",
    "unrecorded",
]
