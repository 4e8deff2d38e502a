"""Findings of a plan document as views show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.document import Document
from provisioner.recording.application import Intent
from provisioner.recording.findings import Finding, Severity
from provisioner.report.text.moments import since_sentence


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A finding, and what the plan knows about it; `acknowledged` is the intent that was written for it.

    `planned` is true where the change or the state of the console causes it, false where a rule says it of the specs.
    """

    finding: Finding
    planned: bool
    irreversible: bool
    acknowledged: Intent | None

    @property
    def risk(self) -> bool:
        """Whether it is about what this plan does, rather than a warning about the specs that stands anyway."""
        if self.finding.severity is Severity.MEDIUM:
            return self.planned
        return self.finding.severity in (Severity.ERROR, Severity.HIGH)

    def stops(self, day: str | None) -> bool:
        """Whether nothing is applied because of it; `day` (YYYY-MM-DD) judges the intent, None takes it as written."""
        if self.finding.severity is not Severity.HIGH:
            return self.finding.stops
        intent = self.acknowledged
        return intent is None or (day is not None and intent.expires < day)


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy of the organisation that findings name, by its `id`: what it is `about`, and its `file`."""

    id: str
    about: str
    severity: Severity
    file: str


def read_policies(document: Document) -> tuple[PolicyView, ...]:
    """The policies of a plan document."""
    return tuple(
        PolicyView(each["id"], each["about"], Severity(each["severity"]), each["file"])
        for each in document.get("policies", ())
    )


def highest_severity(findings: Iterable[PlanFinding]) -> Severity | None:
    """The highest severity among findings; None without any."""
    return min((item.finding.severity for item in findings), key=severity_rank, default=None)


def severity_rank(severity: Severity | None) -> int:
    """A key that sorts severities, the highest first and None last."""
    return len(_RANKS) if severity is None else _RANKS[severity]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def read_finding(found: Document, environment: str, application: str) -> PlanFinding:
    """A finding of a document: an application's, or the environment's where that is ""."""
    origin, intent = found["origin"], found["acknowledged"]
    finding = Finding(
        found["id"],
        Severity(found["severity"]),
        found["message"],
        None if origin is None else location(origin),
        application,
        found["path"],
        environment,
    )
    acknowledged = None
    if intent is not None:
        acknowledged = Intent(found["id"], intent["reason"], intent["expires"], location(intent["origin"]))
    return PlanFinding(finding, found["source"] == "plan", found["irreversible"], acknowledged)


def read_present(
    app: Document, environment: str, last_in_sync: Mapping[str, str | None] | None
) -> Iterator[PlanFinding]:
    """What the console does now; the gravest of it says until when that was otherwise, where somebody asked."""
    for number, found in enumerate(app["present"]):
        item = read_finding(found, environment, app["name"])
        if number == 0 and last_in_sync is not None:
            told = f"{item.finding.message} {since_sentence(last_in_sync.get(app['name']))}"
            item = replace(item, finding=replace(item.finding, message=told))
        yield item


def location(where: Document) -> Location:
    """A place in a file."""
    return Location(where["file"], where["line"], where["column"])
