"""What stops a run, before any step and with words that say where and why."""

from __future__ import annotations

from tests.engine.stack import Stack, needs_pulumi

pytestmark = needs_pulumi

CALL = 20001001
SPEC = "environments/dev/apps/video-call.yaml"


def test_spec_errors_stop_preview_and_up_before_anything_is_read(new_stack: Stack) -> None:
    new_stack.edit(SPEC, "expectedParticipants: 2", "expectedParticpants: 2")
    new_stack.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 5")
    for run in (new_stack.preview(), new_stack.up()):
        assert run.code != 0
        (told,) = run.told("error")
        misspelt, unitless = told.splitlines()
        assert misspelt.startswith(f'{SPEC}:10:3: REC010 recording has no key "expectedParticpants"')
        assert unitless.startswith("templates/call/v1.yaml:9:16: REC011 ")
        assert run.steps == {}
    assert not (new_stack.root / ".provisioner").exists()


def test_stopping_a_recording_is_refused_before_any_step(stack: Stack) -> None:
    stack.edit(SPEC, "mode: auto", "mode: manual")
    writes = stack.accepted_writes()
    up = stack.up()
    assert up.code != 0
    (told,) = up.told("error")
    assert told.startswith(
        "Refused; nothing was written:\n"
        f"{SPEC}:9:9: video-call: stop-recording: Rooms created after about 5 to 10 minutes will no longer be "
        "recorded automatically, only where the backend starts a recording; what was not recorded cannot be "
        "recovered.\n"
    )
    assert up.steps == {}
    assert stack.accepted_writes() == writes
    assert stack.application(CALL).mode == "auto"


def test_an_application_that_the_console_lacks_fails_in_preview(new_stack: Stack) -> None:
    new_stack.edit(SPEC, f"sdkAppId: {CALL}", "sdkAppId: 20009999")
    preview = new_stack.preview()
    assert preview.code != 0
    assert preview.told("error") == [
        f"{SPEC}:5:11: video-call: no SDKAppId 20009999 in this account\n"
        "  Check sdkAppId, or create the application in the TRTC console first."
    ]
    assert preview.steps == {}


def test_where_people_change_the_console_every_way_up_ends_in_the_words_of_apply(new_stack: Stack) -> None:
    new_stack.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    apply = new_stack.run("apply", "dev")
    assert apply.err.startswith("Nothing was written: people change this console. Applications left: 3 of 3.")
    up, make = new_stack.up(), new_stack.make("up")
    assert (up.code != 0, up.steps, up.told("error")) == (True, {}, [apply.err.rstrip()])
    assert (make.code, apply.err in make.text, "Engine: Pulumi" in make.text) == (apply.code, True, False)
    for name in ("classroom", "support-desk", "video-call"):
        assert new_stack.run("attest", f"dev/{name}", "--yes", "--who", "Ada").code == 0
    again = new_stack.make("up")
    assert (again.code, new_stack.run("apply", "dev").code) == (0, 0), again.text
    assert "3 imported" in again.text
