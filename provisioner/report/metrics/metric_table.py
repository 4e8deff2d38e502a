"""Every metric of `--metrics`, in this one table; docs/monitoring.md is written from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_APPLICATION = ("environment", "application")


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge. `about` is its help text; `commands` write it.

    Files of several commands lie in one folder, where no series may stand twice: what several write says by which.
    """

    name: str
    about: str
    labels: tuple[str, ...]
    commands: tuple[str, ...]

    @property
    def all_labels(self) -> tuple[str, ...]:
        """With `command`, where that is needed."""
        return (*self.labels, "command") if len(self.commands) > 1 else self.labels


LAST_LOOK = Metric(
    "trtc_recording_last_look_timestamp_seconds",
    "When a command last looked and was answered, in Unix time; its age is time() minus this",
    ("environment",),
    ("drift", "status", "coverage", "evidence"),
)
APPLICATIONS = Metric(
    "trtc_recording_applications", "Applications that specs describe", ("environment",), ("drift", "status")
)
UNMANAGED = Metric(
    "trtc_recording_unmanaged_applications",
    "Applications of the account that no spec describes; absent where the console cannot list them",
    ("environment",),
    ("drift", "status"),
)
READABLE = Metric(
    "trtc_recording_console_readable", "1 where the console answered, else 0", ("environment",), ("drift", "status")
)
DRIFTED = Metric(
    "trtc_recording_drifted",
    "1 where what runs is not what the spec says, else 0; absent where the console was not read",
    _APPLICATION,
    ("drift", "status"),
)
AS_SPECIFIED = Metric(
    "trtc_recording_as_specified",
    "1 where rooms are recorded as the spec says, 0 where a HIGH state says otherwise; absent where nobody can tell",
    _APPLICATION,
    ("drift", "status"),
)
STATE = Metric(
    "trtc_recording_state",
    "1 for each thing that the console does now and the spec does not say, such as not-recording",
    (*_APPLICATION, "state", "severity"),
    ("drift", "status"),
)
UNVERIFIED = Metric(
    "trtc_recording_unverified_fields",
    "Fields that the console does not show",
    _APPLICATION,
    ("drift", "status"),
)
UNTIL = Metric(
    "trtc_recording_as_specified_until_timestamp_seconds",
    "When a drifted application was last known to be as specified, in Unix time; absent where that is not known",
    _APPLICATION,
    ("drift",),
)
LAPSES = Metric(
    "trtc_recording_observation_lapses_timestamp_seconds",
    "Until when what a person confirmed of the console counts, or counted, in Unix time",
    _APPLICATION,
    ("drift", "status"),
)
ROOMS = Metric(
    "trtc_recording_rooms", "Rooms of the time that coverage looked at", (*_APPLICATION, "outcome"), ("coverage",)
)
COVERAGE = Metric(
    "trtc_recording_coverage_ratio",
    "Recorded rooms among those that were to be recorded and of which that is known; absent where none is known",
    _APPLICATION,
    ("coverage",),
)
OBJECTIVE = Metric(
    "trtc_recording_coverage_objective_ratio",
    "What the environment's objective asks for",
    ("environment",),
    ("coverage",),
)
OBJECTIVE_MET = Metric(
    "trtc_recording_coverage_objective_met",
    "1 where the objective is met, 0 where it is missed; absent where that is not known",
    ("environment",),
    ("coverage",),
)
EVIDENCE = Metric(
    "trtc_recording_evidence_settings",
    "Settings by what files, minutes and callbacks prove of them",
    (*_APPLICATION, "verdict"),
    ("evidence",),
)

METRICS = (
    LAST_LOOK,
    APPLICATIONS,
    UNMANAGED,
    READABLE,
    DRIFTED,
    AS_SPECIFIED,
    STATE,
    UNVERIFIED,
    UNTIL,
    LAPSES,
    ROOMS,
    COVERAGE,
    OBJECTIVE,
    OBJECTIVE_MET,
    EVIDENCE,
)


def markdown() -> str:
    """The table in docs/monitoring.md."""
    return "\n".join(_table())


def _table() -> Iterator[str]:
    yield from ("| metric | labels | says | written by |", "|---|---|---|---|")
    for metric in METRICS:
        labels, commands = (", ".join(f"`{one}`" for one in names) for names in (metric.all_labels, metric.commands))
        yield f"| `{metric.name}` | {labels} | {metric.about} | {commands} |"
