"""Drift: what is lost now comes first, then the repair; and who made it, by an audit log asked over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulator import AuditCaller, Fault
from tests.console.endpoint import answers, endpoint, refuses
from tests.project import Project

KIM = AuditCaller("kim@acme", "198.51.100.9", "ConsoleCall")
CALL, DESK = 20001001, 20001003
FILE = "environments/dev/apps/video-call.yaml"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def states(document: Any) -> dict[str, list[tuple[str, str]]]:
    return {
        app["name"]: [(found["id"], found["severity"]) for found in app["present"]]
        for app in document["applications"]
        if app["present"]
    }


def idle(project: Project, seconds: int) -> None:
    template = project.console("dev").application(CALL).template
    assert template is not None
    project.console("dev").edit(CALL, template={**template, "MaxIdleTime": seconds})


def test_an_outage_leads_and_its_repair_follows(applied: Project) -> None:
    applied.console("dev").edit(CALL, mode="manual")
    told = applied.run("drift", "dev").out
    order = ["dev/video-call is NOT being recorded; as specified until at", "HIGH not-recording", "Applying the specs:"]
    places = [told.index(words) for words in [*order, "MEDIUM start-recording", "~ recording.mode"]]
    assert places == sorted(places)
    assert max(map(len, told.splitlines())) <= 80


def test_whose_cause_is_drift_is_said_so_and_counted(applied: Project) -> None:
    applied.console("dev").edit(CALL, mode="manual")
    document = applied.json("drift", "dev")
    assert states(document) == {"video-call": [("not-recording", "high")]}
    (app,) = (app for app in document["applications"] if app["changes"])
    assert [change["causes"] for change in app["changes"]] == [["drift"]]
    markdown = applied.run("drift", "dev", "--format", "markdown").out
    (counts,) = (line for line in markdown.splitlines() if line.startswith("| `dev`"))
    assert [cell.strip() for cell in counts.split("|")[3:7]] == ["1", "2", "0", "1"]
    assert "### Console drift\n" in markdown
    assert "Causes are unknown" not in markdown


@pytest.mark.parametrize(
    ("seconds", "mode", "codes"),
    [
        (5, "auto", {"high": 0, "medium": 0, "low": 0}),
        (300, "auto", {"high": 0, "medium": 0, "low": 2}),
        (300, "manual", {"high": 2, "medium": 2, "low": 2}),
    ],
)
def test_what_weighs_enough_to_fail(applied: Project, seconds: int, mode: str, codes: dict[str, int]) -> None:
    idle(applied, seconds)
    applied.console("dev").edit(CALL, mode="manual" if mode == "manual" else "auto")
    assert {weight: applied.run("drift", "dev", "--fail-on", weight).code for weight in codes} == codes
    assert applied.run("drift", "dev", "--exit-code").code == (2 if codes["low"] else 0)
    assert applied.run("drift", "dev").code == 0


def test_what_cannot_be_verified_fails_whatever_it_weighs(applied: Project) -> None:
    applied.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    assert applied.run("drift", "dev", "--fail-on", "high").code == 4


def test_a_change_that_is_reviewed_is_no_outage(applied: Project) -> None:
    applied.commit()
    applied.edit(FILE, "mode: auto", "mode: manual")
    document = applied.json("plan", "dev", "--base", "HEAD")
    assert states(document) == {}
    assert "NOT being recorded" not in applied.run("plan", "dev", "--base", "HEAD").out


def test_an_outage_is_told_beside_a_change_of_something_else(applied: Project) -> None:
    applied.commit()
    applied.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: manual")
    applied.console("dev").edit(CALL, mode="manual")
    applied.console("dev").edit(DESK, mode="auto", template=applied.console("dev").application(CALL).template)
    document = applied.json("plan", "dev", "--base", "HEAD")
    assert states(document) == {
        "support-desk": [("recording-unwanted", "high")],
        "video-call": [("not-recording", "high")],
    }
    told = applied.run("plan", "dev", "--base", "HEAD").out
    assert told.index("NOW, BEFORE ANYTHING IS APPLIED") < told.index("HIGH not-recording (video-call)")
    assert told.index("HIGH not-recording (video-call)") < told.index("HIGH RISK")


def test_a_change_that_makes_drift_the_rule_still_says_what_was_lost(applied: Project) -> None:
    """The base asked for automatic recording; the pull request adopts what somebody clicked."""
    applied.commit()
    applied.console("dev").edit(CALL, mode="manual")
    applied.edit(FILE, "mode: auto", "mode: manual")
    assert states(applied.json("plan", "dev", "--base", "HEAD")) == {"video-call": [("not-recording", "high")]}


def test_without_a_base_nobody_knows_what_was_asked(project: Project) -> None:
    assert states(project.json("plan", "dev")) == {}


def test_a_sealed_plan_is_out_of_date_once_something_else_is_lost(applied: Project) -> None:
    applied.commit()
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    applied.run("plan", "dev", "--base", "HEAD", "--out", "plan.json")
    assert applied.run("verify", "plan.json").code == 0
    applied.console("dev").edit(CALL, mode="manual")
    assert applied.run("verify", "plan.json").code == 1


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
