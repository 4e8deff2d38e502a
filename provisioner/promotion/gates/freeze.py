"""Gate: no promotion during a window of the target's `freeze`."""

from __future__ import annotations

from provisioner.foundation.clock import timestamp
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict


def _thawed(context: GateContext) -> GateAnswer | None:
    windows = context.target.freeze
    if not windows:
        return None
    closed = [(window, end) for window in windows if (end := window.until(context.now))]
    if not closed:
        return GateAnswer(GateVerdict.PASS, f"outside of {', '.join(window.name for window in windows)}")
    told = (
        f"{window.name} until {timestamp(end)} ({end.astimezone(window.zone):%a %H:%M} in {window.zone.key})"
        + (f": {window.reason}" if window.reason else "")
        for window, end in closed
    )
    return GateAnswer(GateVerdict.FAIL, "; ".join(told))


FREEZE = Gate("freeze", "It is no time in which nothing is promoted into the target (freeze).", _thawed)
