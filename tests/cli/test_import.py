"""`provisioner unmanaged` and `provisioner import`, from an account that nobody described to an empty plan."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.project import Project

HOSTILE = 'Ünï \\u202e \\"call\\" # x'
SEEDS = f"""\
apiVersion: recording/v1
kind: EmbeddedConsole
name: qa
applications:
  talk: {{sdkAppId: 30000001}}
  Talk: {{sdkAppId: 30000002}}
  "{HOSTILE}": {{sdkAppId: 30000003}}
  日本: {{sdkAppId: 30000004, enabled: true}}
  old: {{sdkAppId: 30000005, generation: old}}
"""


@pytest.fixture
def account(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a new environment qa, whose account was clicked together before anybody wrote a spec."""
    monkeypatch.setenv("KEY", "sesame0open")
    project.run("new", "environment", "qa", "--tier", "staging", "--vod-sub-app-id", "1500000020")
    project.write("environments/qa/embedded.yaml", SEEDS)
    for number in (1, 2, 3):
        text = (project.root / "environments/dev/apps/video-call.yaml").read_text("utf-8")
        settings = "mixed: {video: {width: 640, height: 360}}"
        if number == 3:
            settings += ", maxIdleTime: 30s, callback: {url: 'https://a.example/', keyRef: env:KEY}"
        text = text.replace("20001001", f"3000000{number}").replace("video-call", f"app{number}")
        project.write(f"environments/qa/apps/app{number}.yaml", f"{text}  settings: {{{settings}}}\n")
    assert project.run("apply", "--yes", "qa").code == 0
    for file in (project.root / "environments/qa/apps").iterdir():
        file.unlink()
    return project


def files(project: Project) -> set[str]:
    return {path.relative_to(project.root).as_posix() for path in project.root.rglob("*.yaml")}


def test_strangers_are_listed(account: Project) -> None:
    ran = account.run("unmanaged", "qa", "--exit-code")
    assert ran.code == 2
    assert ran.out.splitlines()[0] == "30000001  talk"
    assert "\\u202e" in ran.out
    assert "\u202e" not in ran.out
    assert "qa: no spec manages 5; `provisioner import qa` writes specs for them." in ran.err
    assert account.json("unmanaged", "qa")[1] == {"name": "Talk", "sdkAppId": 30000002}
    assert account.run("unmanaged", "qa").code == 0


def test_an_application_of_another_environment_is_no_stranger(account: Project) -> None:
    text = (account.root / "environments/dev/apps/video-call.yaml").read_text("utf-8")
    account.write("environments/dev/apps/talk.yaml", text.replace("20001001", "30000001").replace("video-call", "talk"))
    assert account.json("unmanaged", "qa")[0]["sdkAppId"] == 30000002


def test_a_whole_account_is_imported(account: Project, snapshot: SnapshotAssertion) -> None:
    before = files(account)
    ran = account.run("import", "qa", "--contract", "call@v1")
    assert ran.code == 0
    assert ran.out == snapshot
    assert ran.err == "Written. Review the files, then:\n  provisioner plan qa\n"
    new = sorted(files(account) - before)
    assert {file: (account.root / file).read_text("utf-8") for file in new} == snapshot
    assert "sesame0open" not in ran.out
    plan = account.json("plan", "qa")
    assert plan["totals"] == {"change": 0, "unchanged": 4, "cannotVerify": 1}
    assert account.run("validate", "qa").code == 0
    again = account.run("import", "qa")
    assert (again.code, again.err) == (0, "Nothing to import: specs manage every application of the account.\n")


def test_a_dry_run_writes_nothing(account: Project) -> None:
    before = files(account)
    ran = account.run("import", "qa", "--dry-run", "--pulumi", "state.json")
    assert (ran.code, "--pulumi: there is no Pulumi.yaml here" in ran.err) == (1, True)
    assert account.run("import", "qa", "--contract", "call@v1", "--dry-run").err == "Nothing was written: --dry-run.\n"
    assert files(account) == before


def test_what_no_console_knows_is_left_out_and_makes_the_exit_code_3(account: Project) -> None:
    ran = account.run("import", "qa")
    assert ran.code == 3
    assert "日本  30000004  its backend starts the recordings" in ran.out
    assert account.run("import", "qa").code == 1  # nothing else is left


@pytest.mark.parametrize("word", ["30000001", "talk", "tal[k]"])
def test_single_applications_are_chosen_by_name_id_or_pattern(account: Project, word: str) -> None:
    told = account.json("import", "qa", "--app", word, "--dry-run", "--owner", "@acme/talks")
    assert [one["file"] for one in told["applications"]] == ["environments/qa/apps/talk.yaml"]


def test_a_word_that_names_nothing_is_told(account: Project) -> None:
    ran = account.run("import", "qa", "--app", "tlak")
    assert ran.code == 1
    assert '--app "tlak": no application without a spec is called so (did you mean "talk"?)' in ran.err


def test_an_owner_is_named_by_codeowners_or_by_hand(account: Project) -> None:
    (account.root / "CODEOWNERS").unlink()
    ran = account.run("import", "qa", "--app", "talk")
    assert ran.code == 1
    assert "CODEOWNERS names nobody for environments/qa/apps/talk.yaml\n  Pass --owner @TEAM" in ran.err
    ran = account.run("import", "qa", "--app", "talk", "--dry-run")
    assert (ran.code, "talk" in ran.out) == (0, True)
    assert "To write them: pass --owner @TEAM" in ran.err
    account.run("import", "qa", "--app", "talk", "--owner", "@acme/talks")
    assert 'owner: "@acme/talks"' in (account.root / "environments/qa/apps/talk.yaml").read_text("utf-8")


def test_the_document_that_fills_pulumis_state(account: Project) -> None:
    account.write("Pulumi.yaml", "name: calls\nruntime: python\n")
    ran = account.run("import", "qa", "--app", "talk", "--pulumi", "state.json")
    assert "pulumi import --file state.json --protect=false --generate-code=false" in ran.err
    assert json.loads((account.root / "state.json").read_text()) == {
        "nameTable": {"qa": "urn:pulumi:qa::calls::pulumi:providers:trtc::qa"},
        "resources": [
            {"type": "trtc:index:RecordingConfiguration", "name": "talk", "id": "30000001", "provider": "qa"}
        ],
        "providerInputs": {"qa": {"environment": "qa"}},
    }


def test_nothing_is_overwritten_and_nothing_stays_half_written(
    account: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(account)
    link = os.link
    done: list[Path] = []

    def full(source: Path, target: Path) -> None:
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        done.append(target)
        link(source, target)

    monkeypatch.setattr(os, "link", full)
    ran = account.run("import", "qa", "--contract", "call@v1")
    assert ran.code == 1
    assert "cannot be written: No space left on device" in ran.err
    assert files(account) == before


def test_people_who_see_a_console_are_asked(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    for command in ("unmanaged", "import"):
        ran = project.run(command, "prod")
        assert ran.code == 1
        assert "only people see this account" in ran.err


def test_an_environment_has_to_be_there_first(project: Project) -> None:
    ran = project.run("import", "qa")
    assert ran.code == 1
    assert 'there is no environment "qa"' in ran.err


PASTED = 'SDKAppId,Name\n20000101,video-call\n20000777,"New, one"\n20000778,New one\n'


@pytest.fixture
def by_people(project: Project) -> Project:
    """Only people see production's console, and somebody pasted its list."""
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    project.write("list.csv", PASTED)
    return project


def test_a_pasted_list_brings_applications_in_at_which_nobody_has_looked(by_people: Project) -> None:
    ran = by_people.run("import", "prod", "--list", "list.csv", "--template", "call@v1", "--owner", "@acme/calls")
    assert ran.code == 0, ran.err
    assert 'new-one-20000777  20000777  auto, call@v1; nobody has looked  the console calls it "New, one"' in ran.out
    assert "provisioner attest prod/APP  # nobody has looked at what the console shows" in ran.err
    spec = (by_people.root / "environments/prod/apps/new-one-20000777.yaml").read_text()
    assert "# From a pasted list: nobody had looked at the console." in spec
    assert spec.endswith("recording:\n  enabled: true\n  mode: auto\n  template: call@v1\n")
    assert by_people.run("validate").code == 0
    plan = by_people.json("plan", "prod/new-one-20000777")
    assert (plan["totals"]["cannotVerify"], plan["applications"][0]["attested"]) == (1, None)
    assert by_people.run("import", "prod", "--list", "list.csv", "--template", "call@v1").err.startswith("Nothing to")


def test_what_somebody_saw_of_it_afterwards_is_adopted(by_people: Project) -> None:
    by_people.run("import", "prod", "--list", "list.csv", "--contract", "call@v1", "--owner", "@acme/calls")
    app = "prod/new-one-20000777"
    assert "mode: manual" in (by_people.root / "environments/prod/apps/new-one-20000777.yaml").read_text()
    assert by_people.run("attest", app, "--yes", "--seen", "enabled=false", "--seen", "mode=").code == 0
    assert by_people.run("plan", app, "--exit-code").code == 2


def test_the_list_comes_by_a_pipe_too_and_programs_are_told_what_nobody_saw(by_people: Project) -> None:
    options = ("--list", "-", "--template", "call@v1", "--owner", "@acme/calls", "--dry-run", "--format", "json")
    told = json.loads(by_people.run("import", "prod", *options, stdin=PASTED).out)
    assert [(one["name"], [field["path"] for field in one["cannotVerify"]][:2]) for one in told["applications"]] == [
        ("new-one-20000777", ["/recording/enabled", "/recording/mode"]),
        ("new-one-20000778", ["/recording/enabled", "/recording/mode"]),
    ]
    assert by_people.run("unmanaged", "prod", "--list", "-", "--exit-code", stdin=PASTED).code == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["prod", "--list", "list.csv"], "how no application is recorded, and nobody has looked\n  Pass --te"),
        (["prod", "--list", "list.csv", "--template", "call@v1", "--contract", "call@v1"], "a list says how no"),
        (["prod", "--list", "list.csv", "--template", "cal@v1"], 'no template "cal@v1" (did you mean "call@v1"?)'),
        (["prod", "--list", "list.csv", "--from", "x.har"], "--list and --from are two ways"),
        (["dev", "--template", "call@v1"], "--template is for a pasted list of a console that only people see"),
        (["dev", "--list", "list.csv", "--template", "call@v1"], "--template is for a pasted list of a console"),
        (["dev", "--list", "bad.csv"], "bad.csv:2:1: no SDKAppId of 8 to 10 digits\n  A line is an SDKAppId and a"),
    ],
)  # fmt: skip
def test_a_list_that_says_too_little_is_told(by_people: Project, options: list[str], told: str) -> None:
    by_people.write("bad.csv", "20000101,a\n1400,b\n")
    ran = by_people.run("import", *options, "--owner", "@acme/calls")
    assert (ran.code, told in ran.err) == (1, True), ran.err


def test_where_a_console_can_be_read_the_list_only_says_which(project: Project) -> None:
    project.write("list.csv", "20001004 the trial\n")
    told = project.json("import", "dev", "--list", "list.csv", "--owner", "@acme/calls", "--dry-run")
    assert [(one["name"], one["cannotVerify"]) for one in told["applications"]] == [("the-trial", [])]
