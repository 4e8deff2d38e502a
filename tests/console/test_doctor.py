"""What a doctor finds, one complaint at a time, and that it never writes and never tells a secret."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.console.doctor import examine
from provisioner.console.doctor_checks import CheckResult, Examination
from provisioner.console.tencent.cam_policy import archive_policy
from provisioner.credentials.source import Caller
from provisioner.report.console.doctor import render_examination
from provisioner.simulator import AccountPolicy
from tests.console.endpoint import Endpoint, Reply, answers, endpoint, refuses, status
from tests.project import Project

KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDcanary", "TENCENTCLOUD_SECRET_KEY": "key-canary"}
PROD = "environments/prod/environment.yaml"
IDS = (20000101, 20000102, 20000103)

LISTED = answers(SdkAppInfos=[{"ID": number, "Name": "x"} for number in IDS], TotalNum=3)
SHOWN = answers(
    SdkAppInfo={"Name": "x", "Recording": {"Type": "new", "Enabled": 1, "Mode": "?", "Template": {"MaxIdleTime": 5}}}
)
AUDITED = answers(ListOver=True, Events=[], NextToken=0)
LIST, READ, AUDIT = "name/trtc:DescribeAppStatList", "name/trtc:DescribeSdkAppInfo", "name/cloudaudit:DescribeEvents"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def talk_to(project: Project, where: str, *more: str) -> None:
    keys = ", ".join(["driver: tencent", f"endpoint: '{where}'", *more])
    project.edit(PROD, "{driver: embedded}", f"{{{keys}}}")


def look(project: Project, variables: dict[str, str] | None = None) -> Examination:
    caller = Caller(KEYS if variables is None else variables, project.root, project.root)
    return examine(project.environment("prod"), None, caller, lambda: datetime(2026, 1, 31, tzinfo=UTC))


def at(project: Project, served: Endpoint, *more: str, variables: dict[str, str] | None = None) -> Examination:
    talk_to(project, f"http://{served.host}", *more)
    return look(project, variables)


TOGETHER = "this machine and the endpoint are at most a second apart"


def verdict(found: Examination, name: str) -> tuple[CheckResult, str]:
    (check,) = [check for check in found.checks if check.name == name]
    return check.verdict, f"{check.detail}\n{check.fix}"


def dated(reply: Reply, off: float) -> Reply:
    """The same answer by a clock that is `off` seconds behind ours."""

    def with_date(handler: BaseHTTPRequestHandler) -> None:
        handler.date_time_string = lambda timestamp=None: formatdate(time.time() - off, usegmt=True)  # type: ignore[method-assign]
        reply(handler)

    return with_date


def test_all_is_well_as_far_as_anybody_can_tell(project: Project, snapshot: SnapshotAssertion) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as served:
        found = at(project, served, "accept: ['action:AlterRecording', 'action:ModifyRecordMode', 'field:/recording']")
        assert [action for action, _, _ in served.seen] == [
            "DescribeAppStatList",
            "DescribeSdkAppInfo",
            "DescribeEvents",
        ]
        shown = render_examination(found).replace(served.host, "HOST")
    # A second passes between answer and look where the machine is busy.
    assert re.sub(r"clock: 1 s (ahead|behind)", f"clock: {TOGETHER}", shown) == snapshot
    assert {check.verdict for check in found.checks} == {CheckResult.OK, CheckResult.UNKNOWN, CheckResult.NOT_HERE}
    for canary in KEYS.values():
        assert canary not in shown


def test_a_field_is_known_by_its_grade_and_by_what_the_sample_showed(project: Project) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as served:
        found = at(project, served)
    fields = {field.path.rpartition("/")[2]: (field.grade, field.at, field.shown) for field in found.fields}
    assert found.sample == "classroom"
    assert fields["enabled"] == ("assumed", "Enabled", "shown")
    assert fields["mode"] == ("assumed", "Mode", "cannot verify")
    assert fields["maxIdleTime"] == ("assumed", "Template/MaxIdleTime", "shown")
    assert fields["maxFileDuration"] == ("assumed", "Template/MaxMediaFileDuration", "not set")  # no default filled in


def test_credentials_that_are_missing_are_named_and_the_rest_is_still_looked_at(project: Project) -> None:
    with endpoint(refuses("AuthFailure.InvalidAuthorization")) as served:
        found = at(project, served, variables={})
        assert served.seen[0][1]["Authorization"] == "SKIP"  # how the SDK says that nobody signed
    assert verdict(found, "credentials")[0] is CheckResult.FAILS
    assert "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY not set" in verdict(found, "credentials")[1]
    assert verdict(found, "endpoint")[0] is CheckResult.OK
    assert verdict(found, "clock")[0] is CheckResult.OK
    assert verdict(found, "signature")[0] is CheckResult.UNKNOWN


def test_a_permission_that_is_missing_is_named_and_the_policy_grants_it(project: Project) -> None:
    with endpoint(LISTED, refuses("UnauthorizedOperation.SdkAppId")) as served:
        found = at(project, served)
    assert verdict(found, LIST)[0] is CheckResult.OK
    assert verdict(found, READ)[0] is CheckResult.FAILS
    assert "the access policy lacks it" in verdict(found, READ)[1]
    assert found.policies["read"]["statement"][1] == {
        "effect": "allow",
        "action": [READ],
        "resource": [f"qcs::trtc::uin/<OWNER_UIN>:sdkappid/{number}" for number in IDS],
    }


def test_what_is_granted_as_a_whole_stands_in_a_statement_of_its_own(project: Project) -> None:
    role = "credentials: {assume-role: {roleArn: 'qcs::cam::uin/100000000001:roleName/plan'}}"
    with endpoint(status(502)) as served:
        found = at(project, served, role, variables={})
    by_id, whole = found.policies["write"]["statement"]
    assert (by_id["action"], whole["action"]) == (["name/trtc:AlterRecording"], ["name/trtc:ModifyRecordMode"])
    assert by_id["resource"][0] == "qcs::trtc::uin/100000000001:sdkappid/20000101"
    assert whole["resource"] == ["*"]


@pytest.mark.parametrize(("site", "statistic"), [("cn", True), ("intl", False)])
def test_the_archives_policy_grants_what_it_asks(site: str, statistic: bool) -> None:
    granted = AccountPolicy.from_document(archive_policy(site))
    assert granted.allows("name/trtc:DescribeRecordingUsage", "*")
    assert granted.allows("name/vod:SearchMedia", "*")
    assert granted.allows("name/trtc:DescribeRecordStatistic", "*") == statistic


def test_writes_are_never_tried(project: Project) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as served:
        found = at(project, served)
        assert {action for action, _, _ in served.seen} == {
            "DescribeAppStatList",
            "DescribeSdkAppInfo",
            "DescribeEvents",
        }
    assert verdict(found, "name/trtc:AlterRecording") == (
        CheckResult.UNKNOWN,
        "cannot be tried without writing\nSee the policy for writing below.",
    )
    assert verdict(found, "writes")[0] is CheckResult.FAILS
    assert "are not documented and not accepted, such as action:AlterRecording" in verdict(found, "writes")[1]


def test_an_environment_that_only_reads_needs_no_more(project: Project) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as served:
        found = at(project, served, "readOnly: true")
    assert verdict(found, "writes") == (CheckResult.NOT_HERE, "console.readOnly is set: every write is refused\n")
    assert found.count(CheckResult.FAILS) == found.count(CheckResult.UNKNOWN) == 0


@pytest.mark.parametrize(
    ("off", "expected"),
    [(0, CheckResult.OK), (90, CheckResult.OK), (-400, CheckResult.FAILS), (400, CheckResult.FAILS)],
)
def test_the_clock_is_compared_with_the_answers_date(project: Project, off: float, expected: CheckResult) -> None:
    with endpoint(dated(LISTED, off), SHOWN) as served:
        found = at(project, served)
    assert verdict(found, "clock")[0] is expected
    if abs(off) == 400:
        assert ("ahead" if off > 0 else "behind") in verdict(found, "clock")[1]


def test_an_answer_without_a_time_leaves_the_clock_unknown(project: Project) -> None:
    def undated(handler: BaseHTTPRequestHandler) -> None:
        handler.date_time_string = lambda timestamp=None: "soon"  # type: ignore[method-assign]
        LISTED(handler)

    with endpoint(undated, undated) as served:
        found = at(project, served)
    assert verdict(found, "clock") == (CheckResult.UNKNOWN, "no answer told the time\n")


def test_a_signature_that_expired_is_the_clocks_fault(project: Project) -> None:
    with endpoint(refuses("AuthFailure.SignatureExpire")) as served:
        found = at(project, served)
    assert verdict(found, "clock")[0] is CheckResult.FAILS
    assert verdict(found, "signature")[0] is CheckResult.UNKNOWN
    assert verdict(found, LIST)[0] is CheckResult.UNKNOWN


def test_a_key_that_the_account_does_not_know(project: Project) -> None:
    with endpoint(refuses("AuthFailure.SecretIdNotFound", "no such id")) as served:
        found = at(project, served)
    assert verdict(found, "signature")[0] is CheckResult.FAILS
    assert "the account does not know it" in verdict(found, "signature")[1]


def test_an_endpoint_that_is_not_there(project: Project) -> None:
    with endpoint(LISTED) as gone:
        pass
    found = at(project, gone)
    assert verdict(found, "endpoint")[0] is CheckResult.FAILS
    assert {verdict(found, name)[0] for name in ("clock", "signature", LIST, READ)} == {CheckResult.UNKNOWN}


def test_an_endpoint_that_is_something_else(project: Project) -> None:
    with endpoint(status(502)) as served:
        found = at(project, served)
    assert verdict(found, "endpoint")[0] is CheckResult.FAILS
    assert "something else answers" in verdict(found, "endpoint")[1]


def test_an_answer_of_another_shape_is_the_bindings_fault(project: Project) -> None:
    with endpoint(answers(Apps=[]), SHOWN) as served:
        found = at(project, served)
    assert verdict(found, LIST)[0] is CheckResult.FAILS
    assert "binding default looks for SdkAppInfos[].ID and TotalNum: not there" in verdict(found, LIST)[1]


def test_applications_that_the_account_lacks_are_named(project: Project) -> None:
    with endpoint(answers(SdkAppInfos=[{"ID": IDS[0], "Name": "x"}], TotalNum=1), SHOWN) as served:
        found = at(project, served)
    assert verdict(found, "applications")[0] is CheckResult.FAILS
    assert "classroom (20000102), support-desk (20000103)" in verdict(found, "applications")[1]


def test_plain_http_is_for_this_machine_only(project: Project) -> None:
    talk_to(project, "http://trtc.invalid:9")
    assert verdict(look(project), "tls")[0] is CheckResult.FAILS


def test_a_certificate_that_is_not_trusted_or_cannot_be_checked(project: Project) -> None:
    with endpoint(LISTED) as served:  # it speaks no TLS
        talk_to(project, f"https://{served.host}", "caFile: ca.pem")
        assert "ca.pem cannot be read" in verdict(look(project), "tls")[1]
        project.write("ca.pem", "no certificate\n")
        assert "ca.pem holds no certificate" in verdict(look(project), "tls")[1]
        project.edit(PROD, ", caFile: ca.pem", "")
        assert verdict(look(project), "tls")[0] is CheckResult.FAILS


def test_a_proxy_is_named_without_its_password(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:pass-canary@{proxy.host}")
        talk_to(project, "http://trtc.invalid")
        found = look(project)
    assert verdict(found, "proxy") == (CheckResult.OK, f"calls go through {proxy.host}\n")
    assert "pass-canary" not in render_examination(found)


def test_a_proxy_that_captures_loopback(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(LISTED, SHOWN, AUDITED) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        talk_to(project, "http://127.0.0.1:9")
        assert verdict(look(project), "proxy") == (
            CheckResult.FAILS,
            f"calls go through {proxy.host}\nAdd 127.0.0.1 and 127.0.0.1:9 to NO_PROXY.",
        )


def test_the_embedded_console_needs_nothing(project: Project) -> None:
    ran = project.run("doctor", "dev", "--exit-code")
    assert ran.code == 0, ran.out
    assert "dev on the simulated console" in ran.out
    assert "does not apply  credentials: the simulator brings a key of its own" in ran.out
    assert "Access policy" not in ran.out
    assert not project.console("dev").accepted_writes()


def test_a_runbook_is_as_good_as_what_was_confirmed(project: Project) -> None:
    project.edit(PROD, "{driver: embedded}", "{driver: runbook}")
    assert project.run("doctor", "prod", "--exit-code").code == 4
    for name in ("classroom", "support-desk", "video-call"):
        project.run("attest", f"prod/{name}", "--yes", "--who", "Ada")
    ran = project.run("doctor", "prod/video-call", "--exit-code")
    assert ran.code == 0
    assert "ok observation of video-call: Ada confirmed it at 20" in ran.words
    assert re.search(r"^maxIdleTime +assumed +Recording wait time +shown$", ran.out, re.MULTILINE)
    project.write("environments/prod/observations/video-call.yaml", "broken")
    broken = project.run("doctor", "prod")
    assert broken.code == 1
    assert "FAILS observation of video-call: environments/prod/observations/video-call.yaml:1:1:" in broken.words


def test_json_says_the_same(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with endpoint(LISTED, SHOWN, AUDITED) as served:
        talk_to(project, f"http://{served.host}", "readOnly: true")
        ran = project.run("doctor", "prod", "--format", "json")
    document: dict[str, Any] = json.loads(ran.out)
    assert ran.code == 0
    assert [check["verdict"] for check in document["checks"]][:3] == ["ok", "ok", "does-not-apply"]
    assert document["fields"][1] == {
        "path": "/recording/mode",
        "grade": "assumed",
        "at": "Mode",
        "shown": "cannot-verify",
        "reason": "the console's value is no known code: '?'",
    }
    assert set(document["policies"]) == {"read", "write", "archive", "audit"}
    assert "canary" not in ran.out


def test_who_changed_the_console_is_a_permission_of_its_own(project: Project) -> None:
    with endpoint(LISTED, SHOWN, refuses("UnauthorizedOperation")) as served:
        found = at(project, served)
    assert verdict(found, AUDIT) == (
        CheckResult.UNKNOWN,
        "nobody can say who changed the console: the access policy lacks name/cloudaudit:DescribeEvents\n"
        "Add the audit policy below; without it drift does not say who, and reads every application each time.",
    )
    assert AccountPolicy.from_document(found.policies["audit"]).allows(AUDIT, "*")
