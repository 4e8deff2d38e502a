"""Plans as JUnit XML: a suite an environment, a case an application, which fails where `apply` would refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.report.plan.plan_view import HIDDEN, Change, Entry, PlanFinding, PlanView
from provisioner.report.plan.wording import cause_words, severity_word


def render_junit(plans: Sequence[PlanView]) -> str:
    """One document. What only cannot be verified is skipped: it neither passed nor failed."""
    report = JUnitXml("trtc-recording")
    for plan in plans:
        suite = TestSuite(printable(plan.environment))
        suite.add_testcases([_environment(plan), *(_application(plan, entry) for entry in plan.applications)])
        report.append(suite)
    report.update_statistics()
    text: bytes = report.tostring()
    return f"{text.decode()}\n"


def _environment(plan: PlanView) -> TestCase:
    return _case(plan, plan.environment, plan.remarks)


def _application(plan: PlanView, entry: Entry) -> TestCase:
    case = _case(plan, entry.name, entry.remarks)
    if entry.action == "cannot-verify" and not case.result:
        reasons = dict.fromkeys(field.reason for field in entry.unseen)
        case.result = [Skipped(printable(f"cannot verify: {'; '.join(reasons)}"), "cannot-verify")]
    if entry.changes:
        case.system_out = "\n".join(map(_change, entry.changes))
    return case


def _case(plan: PlanView, name: str, remarks: Iterable[PlanFinding]) -> TestCase:
    case = TestCase(printable(name), printable(f"trtc-recording.{plan.environment}"), 0)
    case.result = [_failure(remark) for remark in remarks if remark.stops(plan.day)]
    return case


def _failure(remark: PlanFinding) -> Failure:
    finding = remark.finding
    failure = Failure(printable(finding.message), printable(finding.id))
    place = f"{finding.where}: " if finding.where else ""
    failure.text = printable(f"{place}{severity_word(finding.severity)} {finding.id}: {finding.message}")
    return failure


def _change(change: Change) -> str:
    before, after = (_value(value) for value in (change.before, change.after))
    cause = cause_words(change.causes)
    return printable(f"{short(change.path)}: {before} -> {after} ({cause}; {change.origin})")


def _value(value: str | None) -> str:
    return "(not set)" if value is None else HIDDEN if value == HIDDEN else value
