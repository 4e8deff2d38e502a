"""Gate: a template version has not changed since it was pinned, by its digest. It cannot be bypassed."""

from __future__ import annotations

from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few


def _unchanged(context: GateContext) -> GateAnswer:
    promotion = context.promotion
    pins = sorted({pin for app in promotion.after.applications if app.name in promotion.moves for pin in app.templates})
    for pin in pins:
        locked, found = context.locked.get(pin), context.templates.get(pin)
        if locked and found and locked.text != found.text:
            return GateAnswer(GateVerdict.FAIL, f"{pin} is not what is locked at {locked.where}; make it a new version")
    recorded = promotion.record.templates
    if edited := [pin for pin in pins if pin in context.templates and recorded[pin] != context.templates[pin].text]:
        return GateAnswer(GateVerdict.FAIL, f"{', '.join(edited)} changed while this ran; run again")
    return GateAnswer(GateVerdict.PASS, few([f"{pin} {recorded[pin][:19]}" for pin in pins]) or "no template is pinned")


TEMPLATES = Gate(
    "templates",
    "Every template version that is pinned is what the lock says it is.",
    _unchanged,
    of_rollbacks=True,
    bypassable=False,
)
