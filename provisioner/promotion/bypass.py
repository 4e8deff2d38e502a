"""Bypassing a gate: with a reason and an expiry date, and never a gate that compares digests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.promotion.gates import GATES
from provisioner.specs.documents.promotion_record import Bypass, PromotionRecord

_LONGEST = timedelta(days=30)


def asked_for(gates: Sequence[str], reason: str | None, expires: str | None, today: date) -> dict[str, Bypass]:
    """The bypasses of one command. Raises UsageError."""
    if not gates:
        if expires:
            raise UsageError("--expires says how long --bypass counts; it means nothing here", fix="Leave it out.")
        return {}
    for gate in gates:
        if gate not in GATES:
            fix = f"Known: {', '.join(GATES)}."
            raise UsageError(f'there is no gate "{printable(gate)}"{did_you_mean(gate, GATES)}', fix=fix)
        if not GATES[gate].bypassable:
            raise UsageError(f"the gate {gate} compares digests and cannot be bypassed", fix=GATES[gate].about)
    if not reason or not reason.strip() or not expires:
        raise UsageError("--bypass needs --reason and --expires", fix='--reason "Why" --expires YYYY-MM-DD.')
    return dict.fromkeys(gates, Bypass(reason, _day(expires, today)))


def standing(
    records: Sequence[PromotionRecord], source: str, names: Collection[str], today: date
) -> Mapping[str, Bypass]:
    """Bypasses of earlier promotions from `source` that still count, for applications that they were given for."""
    found: dict[str, Bypass] = {}
    for record in records:
        given_for = {name for name, share in record.applications.items() if share.moved}
        if record.source == source and {*names} <= given_for:
            still = {gate: said.bypass for gate, said in record.gates.items() if said.bypass}
            found |= {gate: bypass for gate, bypass in still.items() if bypass.expires >= today.isoformat()}
    return found


def _day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--expires takes a day as YYYY-MM-DD, not {printable(text)}") from None
    if not today <= day <= today + _LONGEST:
        last = (today + _LONGEST).isoformat()
        raise UsageError(f"--expires takes a day from {today.isoformat()} to {last}, not {text}")
    return day.isoformat()
