"""Programs without specs, in Pulumi YAML: options of resources, secrets, unknowns, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.days import LATER
from tests.engine.stack import Stack, needs_host, needs_pulumi

pytestmark = [
    needs_pulumi,
    needs_host("yaml"),
]

CALL, CLASSROOM = 20001001, 20001002
PROGRAM = "Pulumi.yaml"
URN = "urn:pulumi:dev::video-calls-yaml::trtc:index:RecordingConfiguration::"
OWNER = '      owner: "@acme/calls"\n'
OPTIONS = '    options:\n      provider: ${console}\n      import: "20001001"\n'
ANOTHER = """\
  another:
    type: trtc:RecordingConfiguration
    properties:
      sdkAppId: 20001002
      owner: ${video-call.effectiveAfter}
      recording: {enabled: true, mode: manual}
    options:
      provider: ${console}
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The example, never up, which nobody may change."""
    return Stack.of_example(tmp_path_factory.mktemp("example"), "pulumi-yaml")


@pytest.fixture(scope="module")
def example_up(example: Stack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The example after its first `up`, with `onRemove: stop-auto`, which nobody may change."""
    stack = example.copied(tmp_path_factory.mktemp("example-up"))
    stack.edit(PROGRAM, OWNER, f"{OWNER}      onRemove: stop-auto\n")
    ran = stack.up()
    stack.end()
    assert ran.code == 0, ran.text
    return stack


@pytest.fixture
def foreign(example: Stack, tmp_path: Path) -> Iterator[Stack]:
    stack = example.copied(tmp_path)
    yield stack
    stack.end()


@pytest.fixture
def up(example_up: Stack, tmp_path: Path) -> Iterator[Stack]:
    stack = example_up.copied(tmp_path)
    yield stack
    stack.end()


def test_stopping_is_refused_until_an_intent_says_that_it_is_meant(up: Stack) -> None:
    up.edit(PROGRAM, "mode: auto", "mode: manual")
    for run in (up.preview(), up.up()):
        assert run.code != 0
        # Some YAML hosts say besides that the program failed, in words of their own.
        (told,) = (error for error in run.told("error") if "has a problem: recording.mode" in error)
        assert "stop-recording: Rooms created after" in told
        assert "write intent: {stop-recording: {reason: …, expires: YYYY-MM-DD}} in resource video-call" in told
    assert up.application(CALL).mode == "auto"
    intent = "intent: {stop-recording: {reason: the backend records now, expires: '2999-01-01'}}".replace(
        "2999-01-01", LATER
    )
    up.edit(PROGRAM, OWNER, f"{OWNER}      {intent}\n")
    done = up.up()
    assert done.code == 0, done.text
    assert up.application(CALL).mode == "manual"


def test_without_an_import_a_create_reads_the_console_first(foreign: Stack) -> None:
    foreign.edit(PROGRAM, '      import: "20001001"\n', "")
    preview = foreign.preview()
    assert (preview.code, preview.steps) == (0, {"video-call": ["create"]}), preview.text
    assert foreign.application(CALL).mode == "manual"
    assert foreign.up().code == 0
    assert foreign.application(CALL).mode == "auto"
    foreign.edit(PROGRAM, "sdkAppId: 20001001", "sdkAppId: 20009999")
    missing = foreign.preview()
    assert missing.code != 0
    assert "SdkAppIdNotExist" in missing.text


def test_what_another_resource_has_yet_to_answer_is_unknown_in_a_preview(foreign: Stack) -> None:
    foreign.edit(PROGRAM, "variables:\n", ANOTHER + "variables:\n")
    preview = foreign.preview("--diff")
    assert (preview.code, preview.steps["another"]) == (0, ["create"]), preview.text
    assert "owner    : [unknown]" in preview.text
    assert foreign.up().code == 0
    again = foreign.up("--expect-no-changes")
    assert again.code == 0, again.text


def test_secrets_stay_encrypted_in_the_state_and_hidden_in_the_output(foreign: Stack) -> None:
    foreign.edit(PROGRAM, 'owner: "@acme/calls"', 'owner: {fn::secret: "@canary-9d2c"}')
    ran = [foreign.preview("--diff"), foreign.up("--diff"), foreign.preview("--diff")]
    assert [run.code for run in ran] == [0, 0, 0], ran[1].text
    state = next((foreign.root / "state").rglob("dev.json")).read_text("utf-8")
    assert "canary-9d2c" not in "".join(run.text for run in ran) + state
    foreign.set(CALL, MaxIdleTime=300)
    drift = foreign.up("--diff")
    assert (drift.code, drift.steps) == (0, {"video-call": ["update"]})
    assert "canary-9d2c" not in drift.text + next((foreign.root / "state").rglob("dev.json")).read_text("utf-8")


def test_ignored_changes_stay_as_the_console_has_them(up: Stack) -> None:
    up.set(CALL, MaxIdleTime=300)
    assert up.preview().changes == {"video-call": {"recording.settings.maxIdleTime": ("5m", "10s")}}
    ignoring = f"{OPTIONS}      ignoreChanges: [recording.settings.maxIdleTime]\n"
    up.edit(PROGRAM, OPTIONS, ignoring)
    ignored = up.up("--expect-no-changes")
    assert ignored.code == 0, ignored.text
    template = up.application(CALL).template
    assert template is not None
    assert template["MaxIdleTime"] == 300


def test_a_rename_with_an_alias_is_the_same_resource(up: Stack) -> None:
    up.edit(PROGRAM, "  video-call:\n    type", "  voice-call:\n    type")
    up.edit(PROGRAM, "${video-call.effectiveAfter}", "${voice-call.effectiveAfter}")
    up.edit(PROGRAM, OPTIONS, f"{OPTIONS}      aliases: ['{URN}video-call']\n")
    renamed = up.up()
    assert (renamed.code, renamed.steps) == (0, {"voice-call": ["same"]}), renamed.text


def test_a_replacement_that_is_asked_for_stops_nothing(up: Stack) -> None:
    before = up.application(CALL)
    imported = up.up("--replace", f"{URN}video-call")
    assert "previously-imported resources that still specify an ID may not be replaced" in imported.text
    up.edit(PROGRAM, '      import: "20001001"\n', "")
    replaced = up.up("--replace", f"{URN}video-call")
    assert replaced.code == 0, replaced.text
    assert up.application(CALL) == before


def test_destroying_stops_no_recording_and_says_so(up: Stack) -> None:
    destroyed = up.destroy()
    assert destroyed.code == 0, destroyed.text
    assert destroyed.told("warning") == [
        "video-call (20001001) is recorded as before: destroying a stack stops no recording"
    ]
    assert up.application(CALL).mode == "auto"


def test_an_import_by_hand_takes_what_the_console_has(up: Stack) -> None:
    provider = f"console={URN.replace('trtc:index:RecordingConfiguration', 'pulumi:providers:trtc')}console"
    arguments = ("trtc:index:RecordingConfiguration", "classroom", str(CLASSROOM), "--provider", provider)
    imported = up.command("import", *arguments, "--yes", "--protect=false")
    assert imported.code == 0, imported.text
    held = {resource["id"]: resource for resource in up.state()["resources"] if "id" in resource}
    assert held[str(CLASSROOM)]["inputs"]["recording"] == {"enabled": True, "mode": "manual"}


def test_two_resources_of_one_application_are_refused(foreign: Stack) -> None:
    twice = ANOTHER.replace("20001002", "20001001")
    foreign.edit(PROGRAM, "variables:\n", twice + "variables:\n")
    refused = foreign.up()
    assert refused.code != 0
    assert "sdkAppId 20001001 is the resource video-call's already" in refused.text
