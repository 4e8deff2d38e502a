"""Whose streams are recorded, and how many."""

from __future__ import annotations

from provisioner.recording.application import Application
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.limits import AUTOMATIC_MIX_LIMIT
from provisioner.specs.rules.rule import Reasons, Rule, each


def _mixed_or_single(app: Application) -> Reasons:
    if app.records and not app.mixed and not app.single:
        yield SETTINGS, "records neither mixed nor single streams; add mixed or single"


def _automatic_mix_limit(app: Application) -> Reasons:
    users = app.setting("mixed/maxUsers")
    if app.automatic and isinstance(users, int) and users > AUTOMATIC_MIX_LIMIT:
        yield (
            f"{SETTINGS}/mixed/maxUsers",
            f"mixed.maxUsers is {users}, and an automatic recording mixes at most {AUTOMATIC_MIX_LIMIT} users: "
            f"{_lost(users - AUTOMATIC_MIX_LIMIT)} not recorded; lower it, or record in manual mode",
        )


def _participants_fit(app: Application) -> Reasons:
    expected, users = app.value("/recording/expectedParticipants"), app.setting("mixed/maxUsers")
    if app.records and isinstance(expected, int) and isinstance(users, int) and expected > users:
        message = f"{expected} participants, but mixed.maxUsers is {users}: {_lost(expected - users)} not recorded"
        yield "/recording/expectedParticipants", message


def _lost(users: int) -> str:
    """Whose streams find no place in the mix."""
    return f"the streams of {users} users are" if users > 1 else "the stream of one user is"


def _one_task_one_way(app: Application) -> Reasons:
    if app.records and app.mode == Mode.MANUAL.value and app.mixed and app.single:
        message = "single and mixed are both set, and a task over REST records one way; remove one (null deletes)"
        yield f"{SETTINGS}/single/streams", message


def _allow_or_block(app: Application) -> Reasons:
    for medium in ("audio", "video"):
        block = f"{SETTINGS}/subscribe/{medium}/block"
        if app.value(f"{SETTINGS}/subscribe/{medium}/allow") is not None and app.value(block) is not None:
            yield block, f"subscribe.{medium} both allows and blocks; name either whom to record or whom not to"


RULES = (
    Rule(
        "REC030",
        "A recording is mixed, single, or both",
        Severity.ERROR,
        "The template holds mixed and single streams as independent blocks (on-cloud recording guide).",
        each(_mixed_or_single),
    ),
    Rule(
        "REC031",
        "An automatic recording mixes at most 8 users",
        Severity.ERROR,
        "In a call of more than 8 the streams beyond them are not recorded (TUICallKit cloud recording).",
        each(_automatic_mix_limit),
    ),
    Rule(
        "REC032",
        "The mix shows everybody who is expected",
        Severity.ERROR,
        "Streams beyond the mix's limit are not recorded (TUICallKit cloud recording).",
        each(_participants_fit),
    ),
    Rule(
        "REC041",
        "A task over REST records one way",
        Severity.ERROR,
        "RecordMode is single stream or mixed (API reference: RecordParams). Both need two tasks, and cost twice.",
        each(_one_task_one_way),
    ),
    Rule(
        "REC048",
        "A medium is subscribed to by an allow list or by a block list",
        Severity.ERROR,
        "Only one of the two counts for each medium (API reference: SubscribeStreamUserIds).",
        each(_allow_or_block),
    ),
)
