"""What only the console can tell: rules and consequences that the plan checks (`reconcile/consequence.py`).

A consequence is named by a word, because people write it: `intent: {stop-recording: …}`, `--allow stop-recording=APP`.
"""

from __future__ import annotations

from provisioner.recording.findings import Severity
from provisioner.specs.rules.rule import Rule

OLD_GENERATION = Rule(
    "REC090",
    "The application has old-type recording",
    Severity.LOW,
    "An application has one recording type. Changing the relay domain turns old-type recording into new-type "
    "recording, silently and for good (console guide: function configuration).",
    waivable=True,
)
CANNOT_SWITCH_OFF = Rule(
    "REC091",
    "New-type recording stays on",
    Severity.ERROR,
    "New-type recording cannot be switched off again; automatic recording can (console guide: function configuration).",
)
TEMPLATE_MISSING = Rule(
    "REC092",
    "The console holds no template yet",
    Severity.INFO,
    "The template must exist before automatic recording can be chosen (TUICallKit cloud recording).",
)
STOP_RECORDING = Rule(
    "stop-recording",
    "Rooms will no longer be recorded",
    Severity.HIGH,
    "A change takes effect for rooms created 5 to 10 minutes later; what was not recorded cannot be recovered "
    "(on-cloud recording guide). It needs an intent in the spec, or --allow.",
    irreversible=True,
)
START_RECORDING = Rule(
    "start-recording",
    "Rooms will be recorded",
    Severity.MEDIUM,
    "Recording is charged by duration (billing page), and concerns whoever is in the room.",
)
SHORTER_IDLE_TIME = Rule(
    "shorter-idle-time",
    "Recordings end sooner after everybody left",
    Severity.MEDIUM,
    "A recording ends when every anchor has been gone for longer than the idle time (on-cloud recording guide).",
)
SHORTER_RETENTION = Rule(
    "shorter-retention",
    "New files are deleted sooner",
    Severity.MEDIUM,
    "VOD deletes a file for good when its time is over (TencentVod).",
    irreversible=True,
)
STORAGE_MOVED = Rule(
    "storage-moved",
    "New files go elsewhere",
    Severity.MEDIUM,
    "Whoever fetches or deletes recordings looks for them where they were (policy).",
)
UNUSED_INTENT = Rule(
    "unused-intent",
    "An intent acknowledges something that the plan does not do",
    Severity.LOW,
    "Policy: an acknowledgement is for one change. Left behind, it would let the next one pass unread.",
)

ENABLED_FOR_GOOD = Rule(
    "enabled-for-good",
    "Recording cannot be switched off again",
    Severity.MEDIUM,
    "New-type recording, once enabled, stays on; only automatic recording can be switched at will "
    "(console guide: function configuration).",
    irreversible=True,
)
MAX_CHANGES = Rule(
    "max-changes",
    "A plan changes more than the environment's limits allow",
    Severity.HIGH,
    "Policy: a mistake in a template or in a script reaches every application at once; `limits` in environment.yaml "
    "says how many are no surprise; in production 30 % are the limit where it says nothing. It needs an intent in "
    "environment.yaml, or --allow max-changes.",
)

RULES = (OLD_GENERATION, CANNOT_SWITCH_OFF, TEMPLATE_MISSING)
CONSEQUENCES = (
    STOP_RECORDING,
    START_RECORDING,
    ENABLED_FOR_GOOD,
    SHORTER_IDLE_TIME,
    SHORTER_RETENTION,
    STORAGE_MOVED,
    MAX_CHANGES,
    UNUSED_INTENT,
)
