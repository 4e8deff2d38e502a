"""Gate: the source has recorded with the settings that are promoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few, worst
from provisioner.reconcile.apply.effective_since import in_effect
from provisioner.recording.application import Application
from provisioner.recording.paths import short


def _recorded(context: GateContext) -> GateAnswer | None:
    wanted = context.target.gates.evidence
    if not wanted:
        return None
    applications = [app for app in context.reaching_a_console() if app.records]
    if not applications:
        return GateAnswer(GateVerdict.PASS, "nothing moves that a console records by")
    names = few([app.name for app in applications])
    try:
        return worst(_seen(context, applications, wanted), f"{wanted} or more recordings seen: {names}")
    except ProvisionerError as error:
        return GateAnswer(GateVerdict.UNKNOWN, f"recordings cannot be listed: {error}")


def _seen(context: GateContext, applications: Sequence[Application], wanted: int) -> Iterator[GateAnswer]:
    # Imported here because it takes long to load, and few environments have this gate.
    from provisioner.archive.evidence.collect import EvidenceQuery, collect
    from provisioner.archive.evidence.verdicts import EvidenceVerdict

    changes = in_effect(context.source, context.state)
    known = [app for app in applications if app.sdk_app_id in changes.holds]
    for app in applications:
        if app not in known:
            yield GateAnswer(GateVerdict.UNKNOWN, f"it is not known since when {app.name} runs this")
    if not known:
        return
    since = {app.sdk_app_id: changes.holds[app.sdk_app_id] + changes.late for app in known}
    report = collect(
        context.source, EvidenceQuery(known, since, changes.holds, None, changes.now), context.root, context.environ
    )
    for found in report.evidence:
        name, against = (
            found.application.name,
            [one for one in found.judgements if one.verdict is EvidenceVerdict.CONTRADICTS],
        )
        if against:
            yield GateAnswer(
                GateVerdict.FAIL, f"{name}: files contradict {', '.join(short(one.path) for one in against)}"
            )
        elif found.recordings < wanted:
            blind = "; ".join(f"{what} cannot be read" for what in found.unknown)
            reason = f"{name}: {found.recordings} of {wanted} recordings seen since it runs this"
            yield GateAnswer(
                GateVerdict.UNKNOWN if blind else GateVerdict.FAIL, f"{reason}; {blind}" if blind else reason
            )


EVIDENCE = Gate(
    "evidence", "Recordings of the source were seen since it runs this, as many as the target asks for.", _recorded
)
