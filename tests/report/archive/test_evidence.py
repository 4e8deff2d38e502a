"""Evidence as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

from syrupy.assertion import SnapshotAssertion

from provisioner.archive.evidence.verdicts import Evidence, EvidenceReport, EvidenceVerdict, Fact, Judgement
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.report.archive.evidence import evidence_document, render_evidence
from tests.project import Project

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = "/recording/settings"


def report(project: Project) -> EvidenceReport:
    classroom, desk, call = project.environment("dev").applications
    files = tuple(Fact("file", f"20001002_{room}_1.mp4", "2026-03-01 14:00Z") for room in (7, 8, 9))
    hostile = Fact("file", "20001002_\x1b[2J_1.mp4", "")
    contradicting = Evidence(
        classroom,
        SINCE,
        None,
        SINCE,
        (
            Judgement("/recording/mode", EvidenceVerdict.BEHAVES, "1,200 recordings, by the template", files, 1200),
            Judgement(
                f"{SETTINGS}/formats", EvidenceVerdict.CONTRADICTS, "aac is not declared", (*files, hostile), 1204
            ),
            Judgement(f"{SETTINGS}/maxFileDuration", EvidenceVerdict.NOTHING, "the longest file has 0:30:00"),
        ),
        1200,
        files[0],
    )
    behaving = Evidence(
        call,
        SINCE,
        datetime(2026, 3, 8, tzinfo=UTC),
        None,
        (Judgement("/recording/mode", EvidenceVerdict.BEHAVES, "1 recording, by the template", files[:1], 1),),
        1,
        files[0],
    )
    nothing = "nothing was recorded, and room callbacks are not collected"
    silent = Evidence(
        desk,
        SINCE,
        None,
        SINCE,
        (
            Judgement("/recording/mode", EvidenceVerdict.NOTHING, nothing),
            Judgement(f"{SETTINGS}/formats", EvidenceVerdict.NOTHING, ""),
        ),
        unknown={"files": Unknown(UnknownCause.REFUSED, "SearchMedia: UnauthorizedOperation: \u202eno")},
    )
    torn = Finding("unreadable-callback", Severity.INFO, "is no JSON: Expecting value", Location("inbox.jsonl", 7))
    return EvidenceReport(
        "dev", "TRTC API at trtc.intl.tencentcloudapi.com", (contradicting, silent, behaving), (torn,), 1, 12
    )


def test_the_text(project: Project, snapshot: SnapshotAssertion) -> None:
    assert render_evidence(report(project)) == snapshot


def test_the_document_counts_by_verdict_and_keeps_every_leaf(project: Project) -> None:
    document = evidence_document(report(project))
    assert document["totals"] == {"behaves-as-declared": 1, "contradicts": 1, "nothing-to-see": 1}
    assert [len(app["leaves"]) for app in document["applications"]] == [3, 2, 1]
    assert document["applications"][0]["leaves"][1]["origin"] == "templates/classroom/v1.yaml:8:12"


def test_an_environment_without_applications_says_so() -> None:
    assert render_evidence(EvidenceReport("dev", "x", ())).endswith("dev: no applications.\n")
