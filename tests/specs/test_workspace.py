from __future__ import annotations

import json
from pathlib import Path

import pytest

from provisioner.recording.fields import SETTINGS
from provisioner.specs.schema import checking, generation
from provisioner.specs.workspace import SpecErrors, Workspace
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"


def errors(project: Project) -> list[str]:
    with pytest.raises(SpecErrors) as caught:
        project.environment("dev")
    return [str(finding) for finding in caught.value.findings]


def test_the_shipped_environments_are_valid(project: Project) -> None:
    for name in ("dev", "prod"):
        applications = project.environment(name).applications
        assert [(app.name, app.mode) for app in applications] == [
            ("classroom", "auto"),
            ("support-desk", "manual"),
            ("video-call", "auto"),
        ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("owner:", "ownr:", f'{CALL}:6:1: REC010 the document has no key "ownr" (did you mean "owner"?)'),
        (
            "mode: auto",
            "mode: automatic",
            f'{CALL}:9:9: REC011 recording.mode takes one of auto, manual, not "automatic"',
        ),
        (
            "mode: auto",
            "mode: on",
            f'{CALL}:9:9: REC005 recording.mode takes auto or manual; "on" is read differently by different tools',
        ),
        ("enabled: true", 'enabled: "true"', f'{CALL}:8:12: REC011 recording.enabled takes true or false, not "true"'),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {maxIdleTime: 5}",
            f"{CALL}:12:27: REC011 recording.settings.maxIdleTime takes a quantity with its unit, not 5; "
            'write the unit, such as "5s"',
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {maxUsers: 9}}",
            f"{CALL}:12:32: REC031 mixed.maxUsers is 9, and an automatic recording mixes at most 8 users: "
            "the stream of one user is not recorded; lower it, or record in manual mode",
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {maxIdleTime: null}",
            f"{CALL}:12:27: REC012 video-call needs recording.settings.maxIdleTime, here or in its template.",
        ),
        (
            "expectedParticipants: 2",
            "expectedParticipants: 12",
            f"{CALL}:10:25: REC032 12 participants, but mixed.maxUsers is 8: the streams of 4 users are not recorded",
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {formats: [mp4, aac]}",
            f"{CALL}:12:23: REC033 formats [mp4, aac]: mp4 and aac exclude each other; choose one",
        ),
        (
            "template: call@v1",
            "template: call@v7",
            f"{CALL}:11:13: REC020 recording.template call@v7: there is no templates/call/v7.yaml",
        ),
        (
            "name: video-call",
            "name: video-cal",
            f'{CALL}:4:7: REC021 name is "video-cal", but its file is called video-call',
        ),
        ("sdkAppId: 20001001", "sdkAppId: 20001002", f"{CALL}:5:11: REC039 sdkAppId 20001002 is classroom's already"),
        ("sdkAppId: 20001001\n", "", f"{CALL}:2:1: REC012 the document needs the key sdkAppId"),
        (
            "name: video-call",
            "name: video-call\nname: x",
            f'{CALL}:5:1: REC003 the key "name" stands already in line 4',
        ),
        ("recording:", "recording: [", f"{CALL}:7:12: REC001 is no YAML"),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {layout: {panes: {Left: {top: 0}}}}}",
            f"{CALL}:12:39: REC010 recording.settings.mixed.layout.panes takes names of lower-case letters, digits and "
            'inner hyphens, not "Left"',
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {layout: {panes: {left: {tpo: 0}}}}}",
            f'{CALL}:12:46: REC010 recording.settings.mixed.layout.panes.left has no key "tpo" (did you mean "top"?)',
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {layout: {panes: {left: {top: -1}}}}}",
            f"{CALL}:12:51: REC011 recording.settings.mixed.layout.panes.left.top takes 0 to 1920, not -1",
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {mixed: {layout: {watermarks: {logo: {}}}}}",
            f"{CALL}:12:50: REC011 recording.settings.mixed.layout.watermarks.logo holds nothing; "
            "write image, text, timestamp, or remove it",
        ),
        (
            "template: call@v1",
            "template: call@v1\n  settings: {subscribe: {audio: {allow: [class-*]}}}",
            f"{CALL}:12:42: REC011 recording.settings.subscribe.audio.allow takes a UserId such as alice or a prefix "
            'such as class-.*$, not "class-*"',
        ),
    ],
)
def test_a_wrong_spec_is_refused_at_its_place(project: Project, old: str, new: str, expected: str) -> None:
    text = (project.root / CALL).read_text()
    project.write(CALL, text.replace(old, new, 1))
    assert any(error.startswith(expected) for error in errors(project)), errors(project)


def test_all_errors_of_all_files_come_in_one_run_sorted(project: Project) -> None:
    project.edit("templates/classroom/v1.yaml", "maxIdleTime: 60s", "maxIdleTime: 60")
    project.edit(CALL, "owner:", "ownr:")
    project.edit("environments/dev/environment.yaml", "region: ap-singapore", "regoin: ap-singapore")
    found = errors(project)
    assert [error.split(" ")[0] for error in found] == [
        "environments/dev/apps/video-call.yaml:6:1:",
        "environments/dev/environment.yaml:7:1:",
        "templates/classroom/v1.yaml:9:16:",
    ]


def test_who_may_set_what_is_enforced(project: Project) -> None:
    project.edit("templates/call/v1.yaml", "  maxFileDuration: 2h", "  callback: {url: https://example.com}")
    project.edit("environments/dev/environment.yaml", "settings:", "settings:\n  maxIdleTime: 5s")
    found = errors(project)
    assert found[0].endswith("REC010 maxIdleTime moves on promotion; an environment holds only what belongs to it")
    assert found[1].endswith("REC010 callback belongs to an environment; a template holds only what moves on promotion")


def test_a_secret_written_out_is_refused_and_not_repeated(project: Project) -> None:
    project.edit(
        CALL, "template: call@v1", "template: call@v1\n  settings: {callback: {url: 'https://x.y', keyRef: s3same0pen}}"
    )
    assert errors(project) == [
        f"{CALL}:12:53: REC011 recording.settings.callback.keyRef takes a reference (env:NAME or file:PATH), "
        "never the secret itself"
    ]


def test_storage_that_does_not_count_is_kept_as_inert(project: Project) -> None:
    cos = "template: call@v1\n  settings: {storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}}"
    project.edit(CALL, "template: call@v1", cos)
    app = next(app for app in project.environment("dev").applications if app.name == "video-call")
    inert = f"{SETTINGS}/storage/vod/subAppId"
    assert (app.value(inert), app.inert[inert].value) == (None, 1500000010)
    assert str(app.origin(inert)) == "environments/dev/environment.yaml:10:42"


def test_two_storages_in_one_file_are_told_once_whoever_overrides_them(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "vendor: vod,", "vendor: vod, cos: {region: a, bucket: b-1},")
    project.edit(CALL, "template: call@v1", "template: call@v1\n  settings: {storage: {vod: {subAppId: 7}}}")
    assert errors(project) == [
        "environments/dev/environment.yaml:10:57: REC049 storage.vod stands beside storage.cos; "
        "keep the one that files go to"
    ]


def test_the_committed_schemas_are_the_built_ones() -> None:
    built = generation.build()
    assert {name: checking.schema(name) for name in built} == json.loads(json.dumps(built))
    folder = Path(checking.__file__).parent
    assert sorted(file.stem for file in folder.glob("*.json")) == sorted(built)


def test_drafts_count_as_if_they_were_written(project: Project) -> None:
    call = (project.root / CALL).read_bytes()
    drafts = {
        CALL: call.replace(b"mode: auto", b"mode: manual"),
        "environments/dev/apps/new.yaml": call.replace(b"video-call", b"new").replace(b"20001001", b"20001009"),
        "templates/new/v1.yaml": (project.root / "templates/call/v1.yaml")
        .read_bytes()
        .replace(b"name: call", b"name: new"),
        "environments/dev/apps/Odd.yaml": call,
    }
    valid, findings = Workspace(project.root).drafted(drafts).validate()
    assert [str(finding) for finding in findings if finding.stops] == [
        "environments/dev/apps/Odd.yaml:1:1: REC006 is not read; rename it to odd.yaml"
    ]
    assert [env.name for env in valid] == ["prod"]
    del drafts["environments/dev/apps/Odd.yaml"]
    dev = Workspace(project.root).drafted(drafts).environment("dev")
    assert {app.name: app.mode for app in dev.applications}["video-call"] == "manual"
    assert "new" in [app.name for app in dev.applications]
    assert not (project.root / "templates/new").exists()
