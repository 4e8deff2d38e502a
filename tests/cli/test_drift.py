"""Drift, and who made it: the audit log asked over HTTP, late, silent, forbidden."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulator import AuditCaller, Fault
from tests.console.endpoint import answers, endpoint, refuses
from tests.project import Project

KIM = AuditCaller("kim@acme", "198.51.100.9", "ConsoleCall")
CALL = 20001001


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def click(project: Project, *faults: Fault, **change: Any) -> None:
    with project.console("dev") as state:
        for fault in faults:
            state.faults.add(fault)
        state.edit(CALL, **{"mode": "manual", "by": KIM, **change})


def who(project: Project, name: str = "video-call") -> dict[str, Any]:
    document = json.loads(project.run("drift", "dev", "--audit", "--format", "json").out)
    (found,) = [app["changedBy"] for app in document["applications"] if app["name"] == name]
    return dict(found)


def test_whoever_clicked_is_named_with_time_address_and_action(applied: Project) -> None:
    click(applied)
    ran = applied.run("drift", "dev", "--audit", "--exit-code")
    assert ran.code == 2
    assert "changed by kim@acme at 20" in ran.words
    assert "from 198.51.100.9: ModifyRecordMode in the console" in ran.words
    assert max(map(len, ran.out.splitlines())) <= 80
    found = who(applied)
    assert found["cannotVerify"] is None
    assert {**found["calls"][0], "at": "", "id": ""} == {
        "who": "kim@acme",
        "at": "",
        "address": "198.51.100.9",
        "action": "ModifyRecordMode",
        "via": "ConsoleCall",
        "id": "",
        "certain": True,
    }


def test_our_own_calls_and_calls_that_cannot_have_done_it_are_not_named(applied: Project) -> None:
    click(applied)
    with applied.console("dev") as state:
        template = state.application(CALL).template or {}
        for idle in (9, template["MaxIdleTime"]):  # changed and put back: only the mode differs
            lee = AuditCaller("lee", "192.0.2.1", "ConsoleCall")
            state.edit(CALL, template={**template, "MaxIdleTime": idle}, by=lee)
    assert [(call["who"], call["action"]) for call in who(applied)["calls"]] == [("kim@acme", "ModifyRecordMode")]


def test_without_audit_nobody_is_asked(applied: Project) -> None:
    click(applied)
    assert "kim" not in applied.run("drift", "dev").out
    assert "changedBy" not in json.loads(applied.run("drift", "dev", "--format", "json").out)["applications"][2]


def test_a_log_that_lost_the_click_says_so_and_names_nobody(applied: Project) -> None:
    click(applied, Fault("audit-lost"))
    found = who(applied)
    assert found["calls"] == []
    assert found["cannotVerify"].startswith("CloudAudit shows no such call since 20")
    words = applied.run("drift", "dev", "--audit").words
    assert "who changed it cannot be verified: CloudAudit shows no such call" in words


def test_an_entry_that_names_no_application_is_only_perhaps_the_one(applied: Project) -> None:
    click(applied, Fault("audit-bare"))
    (call,) = who(applied)["calls"]
    assert (call["who"], call["certain"]) == ("kim@acme", False)
    assert "perhaps changed by kim@acme" in applied.run("drift", "dev", "--audit").words


def test_a_log_that_does_not_keep_our_own_calls_proves_nothing_by_silence(applied: Project) -> None:
    with applied.console("dev") as state, state.database.writing() as connection:
        connection.execute("DELETE FROM audit")
    click(applied, Fault("audit-lost"))
    assert "does not name ModifyRecordMode, AlterRecording" in who(applied)["cannotVerify"]


def test_a_user_name_cannot_harm_a_terminal_or_a_job(applied: Project) -> None:
    click(applied, by=AuditCaller("\x1b[31m\n::add-mask::x" + "y" * 5000, "::", "ConsoleCall"))
    ran = applied.run("drift", "dev", "--audit")
    assert "\x1b" not in ran.out
    assert "::add-mask" not in ran.out
    assert len(ran.out) < 5000


@pytest.mark.parametrize(
    ("audit", "why"),
    [
        (refuses("UnauthorizedOperation"), "the access policy lacks name/cloudaudit:DescribeEvents"),
        (refuses("UnsupportedRegion", "not here"), "CloudAudit cannot be asked (DescribeEvents: UnsupportedRegion"),
        (answers(ListOver=False, Events=[]), "it has no NextToken"),
    ],
    ids=["policy", "region", "nonsense"],
)
def test_what_cannot_be_asked_is_never_nobody(
    project: Project, monkeypatch: pytest.MonkeyPatch, audit: Any, why: str
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDx")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key")
    listed = answers(SdkAppInfos=[{"ID": number} for number in (20000101, 20000102, 20000103)], TotalNum=3)
    shown = answers(SdkAppInfo={"Name": "x", "Recording": {"Type": "new", "Enabled": 1, "Mode": "manual"}})
    with endpoint(listed, shown, audit) as served:
        where = f"{{driver: tencent, endpoint: 'http://{served.host}', readOnly: true}}"
        project.edit("environments/prod/environment.yaml", "{driver: embedded}", where)
        ran = project.run("drift", "prod/video-call", "--audit", "--exit-code")
    assert ran.code == 2
    assert "who changed it cannot be verified: " in ran.words
    assert why in ran.words


def test_history_has_what_others_called_between_its_own_runs(applied: Project) -> None:
    click(applied)
    out = applied.run("history", "dev", "--audit").out
    assert out.index("provisioner apply") < out.index("kim@acme from 198.51.100.9, not by this tool")
    assert "    video-call 20001001  ModifyRecordMode in the console\n" in out
    assert "AlterRecording" not in out  # our own
    last = json.loads(applied.run("history", "dev", "--audit", "--format", "json").out)[-1]
    assert (last["event"], last["who"], last["sdkAppIds"]) == ("audited", "kim@acme", [CALL])
    assert "kim" not in applied.run("history", "dev").out


def test_history_of_a_log_that_cannot_be_relied_on_says_so(project: Project) -> None:
    project.run("plan", "dev")
    out = project.run("history", "dev", "--audit").out
    assert "What others called cannot be verified: CloudAudit's list for this site does not name" in out


def test_status_names_the_last_one_and_asks_only_where_something_differs(applied: Project) -> None:
    assert "by " not in applied.run("status", "dev").out
    click(applied)
    assert "by kim@acme 20" in applied.run("status", "dev").words
    document = json.loads(applied.run("status", "dev", "--format", "json").out)
    cells = document["environments"][0]["applications"]
    assert cells["video-call"]["changedBy"]["calls"][0]["address"] == "198.51.100.9"
    assert cells["classroom"]["changedBy"] is None
    with applied.console("dev") as state:
        state.faults.add(Fault("internal-error", ("DescribeEvents",)))
    words = applied.run("status", "dev").words
    assert "by whom: cannot verify" in words
    assert "who changed the console cannot be verified: CloudAudit cannot be asked" in words


def since_audit(project: Project, *more: str) -> Any:
    return project.run("drift", "dev", "--since-audit", "--exit-code", *more)


def calls(project: Project) -> int:
    """How many reads the console has answered: each took a token out of the bucket of its action."""
    with project.console("dev") as state:
        ((drawn,),) = state.database.rows("SELECT drawn FROM faults WHERE fault LIKE '%DescribeSdkAppInfo%'")
    return int(drawn)


def test_only_what_the_log_names_is_read_again(applied: Project) -> None:
    with applied.console("dev") as state:
        state.faults.add(Fault("latency", ("DescribeSdkAppInfo",), seconds=0.001))
    assert "All 3 applications were read: there is no full look yet." in since_audit(applied).words
    assert calls(applied) == 3
    again = since_audit(applied)
    assert (again.code, calls(applied)) == (0, 5)  # the two that were just written have calls of ours in the log
    click(applied)
    found = since_audit(applied, "--audit")
    assert (found.code, calls(applied)) == (2, 7)
    assert "2 of 3 applications were read: CloudAudit shows no call on the others since the full look of" in found.words
    assert "1 of 3 applications differ from their specs" in found.words
    assert "changed by kim@acme" in found.words
    look = json.loads(since_audit(applied, "--format", "json").out)["look"]
    assert (look["of"], look["unverified"], look["because"]) == (3, 0, "")


def test_a_look_that_cannot_rely_on_the_log_reads_everything(applied: Project) -> None:
    since_audit(applied)
    click(applied, Fault("audit-bare"))
    found = since_audit(applied)
    assert found.code == 2
    assert "All 3 applications were read: CloudAudit does not say of which application ModifyRecordMode" in found.words
    with applied.console("dev") as state:
        state.faults.add(Fault("internal-error", ("DescribeEvents",)))
    assert "All 3 applications were read: CloudAudit cannot be asked" in since_audit(applied).words


def test_a_late_entry_is_seen_by_the_next_look(applied: Project) -> None:
    with applied.console("dev") as state:
        state.wind(600)  # past our own calls
    since_audit(applied)
    click(applied, Fault("audit-late", seconds=600))
    assert since_audit(applied).code == 0
    with applied.console("dev") as state:
        state.wind(601)
    assert since_audit(applied).code == 2


def test_a_choice_of_applications_has_no_last_look(applied: Project) -> None:
    ran = applied.run("drift", "dev/video-call", "--since-audit")
    assert (ran.code, "--since-audit looks at a whole environment" in ran.err) == (1, True)
