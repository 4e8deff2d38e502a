"""TUICallKit's webhook of calls: the one setting of an application that documented actions read and write."""

from __future__ import annotations

from provisioner.recording.catalogue.vocabulary import SECRET
from provisioner.recording.field import Field, Moves
from provisioner.recording.limits import LONGEST_CALLBACK_URL
from provisioner.recording.sources import CALL_WEBHOOKS
from provisioner.recording.value_types import Text, Words

CALL_EVENTS = ("start-call", "end-call", "member-changed", "record-changed")
"""`Call.CallbackAfterStartCall` and so on (trtc.io/document/80345)."""

CALLS = (
    Field(
        "/calls/webhook/url",
        Text(r"^https?://\S+$", "an http or https address", LONGEST_CALLBACK_URL),
        "Receives TUICallKit's events of calls; one address for each SDKAppId.",
        CALL_WEBHOOKS,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/calls/webhook/events",
        Words(CALL_EVENTS),
        "Which events are sent there; record-changed carries recording events with the call's id.",
        CALL_WEBHOOKS,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/calls/sdkSecretKeyRef",
        SECRET,
        "The application's SDKSecretKey, by reference: the administrator's UserSig is made of it, here.",
        CALL_WEBHOOKS,
        Moves.NEVER,
        required=True,
        secret=True,
    ),
    Field(
        "/calls/admin",
        Text(r"^[^\s*$]+$", "an administrator's UserId", 64),
        "The application's administrator account, as which the webhook is read and set.",
        CALL_WEBHOOKS,
        Moves.NEVER,
        default="administrator",
    ),
)
