"""Program and provider together, through Pulumi's protocol."""

from __future__ import annotations

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.journal import open_writes
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.keys.journal import FolderJournal
from tests.days import LATER
from tests.project import Project
from tests.provider.engine import Engine, State

ENVIRONMENT = "environments/dev/environment.yaml"
CALL = "environments/dev/apps/video-call.yaml"


@pytest.fixture
def engine(project: Project) -> Engine:
    return Engine(project.root, "dev")


def test_a_first_up_imports_and_applies_a_second_changes_nothing(project: Project, engine: Engine) -> None:
    first = engine.up()
    assert first.code == 0, first.stderr
    assert first.steps == {"classroom": "import, update", "support-desk": "import", "video-call": "import, update"}
    assert project.console("dev").application(20001001).mode == "auto"
    second = engine.up()
    assert second.code == 0
    assert second.steps == {"classroom": "same", "support-desk": "same", "video-call": "same"}


def test_what_a_killed_run_wrote_is_settled_by_the_next(project: Project, engine: Engine) -> None:
    """The engine died with its state, and the plugin between a write and its entry."""
    assert engine.up().code == 0
    engine.state.clear()
    (run,) = (project.root / ".provisioner/dev/journal").glob("*.jsonl")
    lines = run.read_text("utf-8").splitlines(keepends=True)
    run.write_text("".join(line for line in lines if '"applied"' not in line), "utf-8")
    journal = EnvironmentState("dev", project.root, FolderJournal(), system_clock).journal
    assert open_writes(journal.entries()) == {20001001, 20001002}

    assert engine.preview().code == 0
    assert open_writes(journal.entries()) == {20001001, 20001002}  # a look leaves no trace
    healed = engine.up()
    assert healed.steps == {"classroom": "import", "support-desk": "import", "video-call": "import"}
    assert open_writes(journal.entries()) == set()
    assert healed.outputs["applications"]["video-call"]["effectiveAfter"].endswith("Z")
    assert healed.outputs["applications"]["support-desk"]["effectiveAfter"] == ""


@pytest.mark.parametrize(("skipped", "warned"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_a_stack_that_keeps_other_providers_resources_needs_checkpoints(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, skipped: str, warned: bool
) -> None:
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", skipped)
    engine.state["urn:pulumi:dev::trtc-recording::aws:s3/bucket:Bucket::files"] = State("files", {}, {"arn": "arn:…"})
    told = "this stack also keeps aws:s3/bucket:Bucket: a run that is killed would forget what it had created of them"
    assert any(told in message for message in engine.preview().messages("warning")) == warned


def test_a_preview_writes_nothing(project: Project, engine: Engine) -> None:
    preview = engine.preview()
    assert preview.steps["video-call"] == "import, update"
    assert (
        "dev: 2 to change, 1 unchanged. On the simulated console (.provisioner/dev/console.sqlite)."
        in preview.messages("info")
    )
    assert project.console("dev").application(20001001).mode == "manual"
    assert engine.state == {}


def test_one_edited_value_shows_as_exactly_that_field(project: Project, engine: Engine) -> None:
    engine.up()
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert engine.preview().diffs == {"video-call": ["recording.settings.maxIdleTime"]}


def test_drift_shows_on_the_next_preview_and_is_repaired(project: Project, engine: Engine) -> None:
    engine.up()
    console = project.console("dev")
    template = console.application(20001001).template
    assert template is not None
    console.edit(20001001, template={**template, "RecordFormat": ["hls"]})
    assert engine.preview().diffs == {"video-call": ["recording.settings.formats"]}
    assert engine.up().steps["video-call"] == "update"
    assert engine.preview().diffs == {}


def test_the_engine_and_the_cli_see_the_same_differences(project: Project, engine: Engine) -> None:
    planned = {
        app["name"]: sorted(change["path"][1:].replace("/", ".") for change in app["changes"])
        for app in project.json("plan", "dev")["applications"]
        if app["changes"]
    }
    assert engine.preview().diffs == planned


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("owner:", "ownr:", f'{CALL}:6:1: REC010 the document has no key "ownr" (did you mean "owner"?)'),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {maxUsers: 9}}",
            f"{CALL}:12:32: REC031 mixed.maxUsers is 9",
        ),
        ("recording:", "recording: [", f"{CALL}:7:12: REC001 is no YAML"),
    ],
)
def test_a_spec_error_stops_up_before_anything_is_read(
    project: Project, engine: Engine, old: str, new: str, told: str
) -> None:
    project.edit(CALL, old, new)
    ran = engine.up()
    assert ran.code == 32
    assert any(told in message for message in ran.messages("error"))
    assert "Traceback" not in ran.stderr
    assert ran.steps == {}
    assert not (project.root / ".provisioner").exists()


def test_stopping_a_recording_is_refused_before_any_step(project: Project, engine: Engine) -> None:
    engine.up()
    project.edit(CALL, "mode: auto", "mode: manual")
    refused = engine.up()
    assert refused.code == 32
    assert refused.steps == {}
    assert "video-call: stop-recording:" in refused.messages("error")[0]
    assert project.console("dev").application(20001001).mode == "auto"


def test_warnings_of_the_specs_are_logged_and_stop_nothing(project: Project, engine: Engine) -> None:
    project.edit("environments/dev/environment.yaml", "retention: 7d", "retention: forever")
    ran = engine.up()
    assert ran.code == 0
    told = "environments/dev/environment.yaml:10:65: video-call: REC068: files of development are kept"
    assert any(message.startswith(told) for message in ran.messages("warning"))


def test_what_is_told_of_the_environment_itself_is_logged(project: Project) -> None:
    ran = Engine(project.root, "prod").preview()
    told = "environments/prod/environment.yaml:8:19: prod: REC075: console.driver is embedded"
    assert any(message.startswith(told) for message in ran.messages("info"))


def test_an_application_that_the_console_lacks_fails_in_preview(project: Project, engine: Engine) -> None:
    project.edit(CALL, "sdkAppId: 20001001", "sdkAppId: 20009999")
    refused = engine.preview()
    assert refused.code == 32
    assert f"{CALL}:5:11: video-call: no SDKAppId 20009999 in this account" in refused.messages("error")[0]


def test_a_stack_without_an_environment_is_refused(project: Project) -> None:
    refused = Engine(project.root, "qa").preview()
    assert refused.code == 32
    assert 'there is no environment "qa"' in refused.messages("error")[0]


def test_outputs_say_how_each_application_records(project: Project, engine: Engine) -> None:
    outputs = engine.up().outputs["applications"]
    assert {name: (app["mode"], app["template"]) for name, app in outputs.items()} == {
        "classroom": ("auto", "classroom@v1"),
        "support-desk": ("manual", "call@v1"),
        "video-call": ("auto", "call@v1"),
    }
    assert outputs["support-desk"]["effectiveAfter"] == ""
    assert outputs["video-call"]["effectiveAfter"].endswith("Z")


def test_a_preview_says_what_becomes_of_a_spec_that_is_gone(project: Project, engine: Engine) -> None:
    project.edit(CALL, "recording:\n", "onRemove: stop-auto\nrecording:\n")
    assert engine.up().code == 0
    for name in ("video-call", "support-desk"):
        (project.root / f"environments/dev/apps/{name}.yaml").unlink()
    refused = engine.preview()
    assert (refused.code, refused.steps) == (32, {})
    stops = (
        "video-call: stop-recording: Its spec is gone, and it said onRemove: stop-auto. Rooms created after about 5 to "
        "10 minutes will no longer be recorded automatically; what was not recorded cannot be recovered."
    )
    assert stops in refused.messages("error")[0]
    text = (project.root / ENVIRONMENT).read_text()
    project.write(ENVIRONMENT, f"{text}removed: {{video-call: {{reason: Nobody calls, expires: {LATER}}}}}\n")
    preview = engine.preview()
    assert (preview.code, preview.steps) == (
        0,
        {"classroom": "same", "video-call": "delete", "support-desk": "delete"},
    )
    assert any(stops in text for text in preview.messages("warning"))
    kept = "support-desk (20001003): its spec is gone: the console keeps its settings, and nothing manages them"
    assert kept in preview.messages("info")
    assert project.console("dev").application(20001001).mode == "auto"
    assert engine.up().code == 0
    assert project.console("dev").application(20001001).mode == "manual"


def test_a_sealed_plan_holds_up_to_what_was_reviewed(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.run("plan", "dev", "--out", "plan.json").code == 0
    monkeypatch.setenv("TRTC_PLAN", "plan.json")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    refused = engine.up()
    assert (refused.code, refused.steps) == (32, {})
    assert refused.messages("error") == [
        "Refused; nothing was written:\n"
        'plan.json: video-call /recording/settings/maxIdleTime: the spec said "5s", now "20s"\n'
        "  The reviewed plan is out of date. Make it again and have it reviewed."
    ]
    project.edit("templates/call/v1.yaml", "maxIdleTime: 20s", "maxIdleTime: 5s")
    assert engine.up().code == 0
    again = engine.up()
    assert again.code == 32
    assert "this plan was carried out already" in again.messages("error")[0]


def test_an_outage_is_told_before_anything_else_and_an_edit_is_none(project: Project, engine: Engine) -> None:
    assert engine.up().code == 0
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert not [text for text in engine.preview().messages("warning") if "recorded" in text]
    project.console("dev").edit(20001001, mode="manual")
    first, second, *_ = engine.preview().messages("warning")
    assert first == "dev/video-call is NOT being recorded."
    assert second.startswith("video-call: HIGH not-recording: NOT being recorded: the specs say auto, the console says")


def test_an_outage_is_told_where_the_run_is_refused(project: Project, engine: Engine) -> None:
    assert engine.up().code == 0
    project.console("dev").edit(20001001, mode="manual")
    project.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: manual")
    refused = engine.up()
    assert refused.code == 32
    assert refused.messages("warning")[0] == "dev/video-call is NOT being recorded."


def test_a_reviewed_plan_of_what_changed_leaves_the_rest_alone(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine.up().code == 0
    base = project.commit()
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert project.run("plan", "dev", "--changed", base, "--out", "plan.json").code == 0
    monkeypatch.setenv("TRTC_PLAN", "plan.json")
    console = project.console("dev")
    template = dict(console.application(20001002).template or {})
    console.edit(20001002, template={**template, "MaxIdleTime": 300})
    refused = engine.up()
    assert refused.code != 0
    (told,) = [text for text in refused.messages("error") if "classroom" in text]
    assert "the reviewed plan, which is of what changed, is not about it" in told
    idle = {number: (console.application(number).template or {})["MaxIdleTime"] for number in (20001001, 20001002)}
    assert idle == {20001001: 20, 20001002: 300}
    assert not any("its spec is gone" in text for text in refused.messages("info"))


def test_what_the_reviewed_plan_says_of_guardrails_is_told_again(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = project.commit()
    project.edit("CODEOWNERS", "*                                           @acme/platform", "* @mallory")
    assert project.run("plan", "dev", "--base", base, "--out", "plan.json").code == 0
    monkeypatch.setenv("TRTC_PLAN", "plan.json")
    told = [text for text in engine.preview().messages("warning") if text.startswith("guardrail: Owners: ")]
    assert any("@acme/platform -> @mallory. Asked by the base: 1 of @acme/platform." in text for text in told)


def test_the_whole_of_a_reviewed_plan_counts(project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What moved changes no value: the commit that reviewers compared with, and whose application it is."""
    first = project.commit()
    assert project.run("plan", "dev", "--base", "main", "--out", "plan.json").code == 0
    monkeypatch.setenv("TRTC_PLAN", "plan.json")
    assert engine.preview().code == 0
    project.edit("environments/dev/apps/classroom.yaml", 'owner: "@acme/education"', 'owner: "@acme/mallory"')
    second = project.commit()
    (refused,) = engine.up().messages("error")
    assert f'plan.json: base commit was "{first}", now "{second}"' in refused
    assert 'plan.json: classroom: owner was "@acme/education", now "@acme/mallory"' in refused


def test_a_write_tells_from_when_on_it_holds(engine: Engine) -> None:
    told = [text for text in engine.up().messages("info") if text.startswith("takes effect for rooms created after ")]
    assert len(told) == 2
