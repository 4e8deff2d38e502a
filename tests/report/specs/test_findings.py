"""Findings in every form; what people and other programs read is recorded in __snapshots__."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sarif_pydantic import Sarif
from syrupy.assertion import SnapshotAssertion

from provisioner import __version__
from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.report.plan.github_annotations import render_annotations
from provisioner.report.plan.sarif import sarif
from provisioner.report.specs.findings import findings_document, render_findings
from provisioner.report.text.style import SEVERITY_ROLES
from provisioner.specs.rules.rule import Rule

CALL = "environments/dev/apps/video-call.yaml"
FINDINGS = [
    Finding("REC003", Severity.ERROR, 'the key "name" stands already in line 4', Location(CALL, 5, 1)),
    Finding(
        "REC031",
        Severity.ERROR,
        "mixed.maxUsers is 9, and an automatic recording mixes at most 8 users",
        Location("templates/call/v1.yaml", 12, 15),
        "video-call",
        "/recording/settings/mixed/maxUsers",
    ),
    Finding("REC051", Severity.HIGH, "two files, two fees", Location(CALL, 9, 9), "video-call", "/recording/mode"),
    Finding("REC052", Severity.MEDIUM, "100% of it: a, b", Location("environments/a,b: c%/x.yaml", 1, 2)),
    Finding("REC053", Severity.LOW, "évil\n::error::forged\r\x1b[31m\u202e", Location("environments/ü.yaml", 1, 1)),
    Finding("REC054", Severity.INFO, "has no place"),
]


def test_text(snapshot: SnapshotAssertion) -> None:
    assert render_findings(FINDINGS) == snapshot


def test_what_applications_share_at_one_place_is_told_once() -> None:
    where = Location("templates/call/v1.yaml", 9, 16)
    shared = [Finding("REC040", Severity.LOW, "is short", where, app) for app in ("a", "b")]
    assert render_findings(shared) == "templates/call/v1.yaml:9:16: REC040 low: is short\n"
    assert render_annotations(shared).count("\n") == 1
    assert [found["application"] for found in findings_document(shared, {})["findings"]] == ["a", "b"]


def test_colour_marks_the_rule_by_its_severity() -> None:
    shown = render_findings(FINDINGS[:1], lambda words, role: f"<{role}>{words}</>")
    assert shown == f'{CALL}:5:1: <danger>REC003</> the key "name" stands already in line 4\n'
    assert set(SEVERITY_ROLES) == set(Severity)


def test_json(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(findings_document(FINDINGS, {"prod": 3}), indent=2) == snapshot


def test_github_annotations(snapshot: SnapshotAssertion) -> None:
    assert render_annotations(FINDINGS) == snapshot


HOSTILE = st.text(st.sampled_from("a:,%\r\n =\x1b\u2028") | st.characters(exclude_categories=["Cs"]), max_size=20)


@given(HOSTILE, HOSTILE)
def test_no_value_ends_a_workflow_command_or_begins_another(message: str, file: str) -> None:
    shown = render_annotations([Finding("REC001", Severity.ERROR, message, Location(file, 3, 4))])
    match = re.fullmatch(r"::error file=([^:,\r\n]*),line=3,col=4,title=REC001::([^\r\n]*)\n", shown)
    assert match
    assert _unescaped(match[1]) == _written_out(file)
    assert _unescaped(match[2]) == _written_out(message)


def _unescaped(value: str) -> str:
    """What the runner makes of an escaped value."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(code, char)
    return value


def _written_out(value: str) -> str:
    from provisioner.foundation.text_safety import printable

    return "".join(char if char in "\r\n" else printable(char) for char in value)


def test_sarif(snapshot: SnapshotAssertion) -> None:
    rule = Rule("REC031", "Eight at most", Severity.ERROR, "The ninth is not recorded (guide).")
    document = sarif(FINDINGS, {rule.id: rule})
    assert document["runs"][0]["tool"]["driver"].pop("semanticVersion") == __version__
    assert json.dumps(document, indent=2) == snapshot


@pytest.mark.parametrize("findings", [FINDINGS, []])
def test_sarif_is_what_its_data_model_says(findings: list[Finding]) -> None:
    document = sarif(findings)
    model = Sarif.model_validate(document)
    assert list(_unknown(model)) == []
    (run,) = model.runs
    results, rules = run.results or [], run.tool.driver.rules or []
    assert [rules[result.rule_index or 0].id for result in results] == [finding.id for finding in findings]
    assert len({rule.id for rule in rules}) == len(rules)


def _unknown(model: BaseModel) -> Any:
    """Keys that the data model does not know; `$schema` and `columnKind` are in the standard, not in the package."""
    yield from set(model.model_extra or ()) - {"$schema", "columnKind"}
    for name in type(model).model_fields:
        value = getattr(model, name)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, BaseModel):
                yield from _unknown(child)


def test_a_fingerprint_survives_moved_lines_and_new_words() -> None:
    def fingerprints(findings: list[Finding]) -> list[str]:
        return [result["partialFingerprints"]["place/v1"] for result in sarif(findings)["runs"][0]["results"]]

    def finding(line: int, message: str = "m", path: str = "/a", file: str = "f") -> Finding:
        return Finding("REC001", Severity.ERROR, message, Location(file, line), "app", path)

    before = fingerprints([finding(1), finding(5), finding(9, path="/b"), finding(9, file="g")])
    after = fingerprints([finding(3), finding(4, "other"), finding(90, path="/b"), finding(1, file="g")])
    assert before == after
    assert len(set(before)) == 4
