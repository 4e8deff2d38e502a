"""Bindings are data: another console shape is another file."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from tencentcloud.common.credential import Credential

from provisioner.console.grade import Grade
from provisioner.console.port import ConsoleChange, Unreadable
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from tests.console.endpoint import Reply, answers, endpoint
from tests.project import Project

OURS = """\
apiVersion: binding/v1
kind: Binding
name: ours
service: trtc
version: "2025-01-01"
sdkAppId: AppId
list:
  action: ListApps
  grade: documented
  items: Apps
  id: Id
  name: Title
  page: {offset: From, limit: Count, size: 2, total: Total}
read: {action: GetApp, grade: documented, name: App/Title, generation: App/Kind, fields: App/Cloud}
writes:
  all: {action: PutApp, grade: documented, carries: [/recording/enabled, /recording/settings, /recording/mode]}
fields:
  /recording/enabled: {grade: documented, at: Active, codes: {"true": "yes", "false": "no"}}
  /recording/mode: {grade: documented, at: How/Mode, codes: {auto: A, manual: M}}
  /recording/settings/maxIdleTime: {grade: assumed, at: How/IdleMinutes, unit: 1m}
  /recording/settings/storage/vod/retention: {grade: documented, at: Keep/Days, unit: 1d, forever: -1, absent: unset}
"""

APP = "environments/prod/apps/classroom.yaml"
IDLE = f"{SETTINGS}/maxIdleTime"
KEEP = f"{SETTINGS}/storage/vod/retention"


def seconds(amount: int | None) -> Quantity:
    return Quantity(Dimension.TIME, amount)


def app(**cloud: Any) -> Reply:
    return answers(App={"Title": "classroom", "Kind": "new", "Cloud": cloud})


@pytest.fixture
def ours(project: Project) -> Project:
    """Production talks to another console, with classroom as its only application."""
    project.write("bindings/ours.yaml", OURS)
    for name in ("video-call", "support-desk"):
        (project.root / f"environments/prod/apps/{name}.yaml").unlink()
    return project


def talk_to(project: Project, host: str, *more: str) -> None:
    keys = ", ".join([f"driver: tencent, endpoint: 'http://{host}', binding: bindings/ours.yaml", *more])
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", f"{{{keys}}}")


@pytest.fixture(autouse=True)
def _keys(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDx")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_the_default_binding_knows_every_field_and_documents_none(project: Project) -> None:
    binding = load("default", project.root)
    assert set(binding.places) == set(CONSOLE_WIRE)
    assert {place.grade for place in binding.places.values()} == {Grade.ASSUMED}
    assert {write.grade for write in binding.writes} == {Grade.NAME_ONLY}


def test_other_names_nesting_and_units_are_read(ours: Project) -> None:
    pages = [
        answers(Apps=[{"Id": 1, "Title": "a"}, {"Id": 2, "Title": "b"}], Total=3),
        answers(Apps=[{"Id": 20000102, "Title": "classroom"}], Total=3),
    ]
    seen = app(Active="yes", How={"Mode": "A", "IdleMinutes": 2}, Keep={"Days": -1})
    with endpoint(*pages, seen) as served:
        talk_to(ours, served.host)
        plan = ours.json("plan", "prod")
        assert [(action, body) for action, _, body in served.seen] == [
            ("ListApps", {"From": 0, "Count": 2}),
            ("ListApps", {"From": 2, "Count": 2}),
            ("GetApp", {"AppId": 20000102}),
        ]
    (application,) = plan["applications"]
    assert [(change["path"], change["before"], change["after"]) for change in application["changes"]] == [
        (KEEP, "forever", "90d")
    ]


def test_a_change_is_written_in_that_consoles_words(ours: Project) -> None:
    listed = answers(Apps=[{"Id": 20000102, "Title": "classroom"}], Total=1)
    before = app(Active="yes", How={"Mode": "A", "IdleMinutes": 9}, Keep={"Days": 90})
    after = app(Active="yes", How={"Mode": "A", "IdleMinutes": 2}, Keep={"Days": 90})
    with endpoint(listed, before, before, answers(), after) as served:
        talk_to(ours, served.host, "accept: ['field:/recording/settings']")
        ran = ours.run("apply", "prod", "--yes")
        assert ran.code == 0, ran.err
        action, _, body = served.seen[3]
    assert (action, body) == (
        "PutApp",
        {"AppId": 20000102, "Active": "yes", "How": {"Mode": "A", "IdleMinutes": 2}, "Keep": {"Days": 90}},
    )


def test_an_entry_that_is_only_assumed_is_not_written_unless_it_is_accepted(ours: Project) -> None:
    listed = answers(Apps=[{"Id": 20000102, "Title": "classroom"}], Total=1)
    seen = app(Active="yes", How={"Mode": "A", "IdleMinutes": 9}, Keep={"Days": 90})
    with endpoint(listed, seen) as served:
        talk_to(ours, served.host)
        ran = ours.run("apply", "prod", "--yes")
        assert [action for action, _, _ in served.seen] == ["ListApps", "GetApp", "GetApp"]
    assert ran.code == 1
    assert "binding ours only assumes field:/recording/settings/maxIdleTime" in ran.err


def test_a_field_that_the_answer_lacks_cannot_be_verified(ours: Project) -> None:
    listed = answers(Apps=[{"Id": 20000102, "Title": "classroom"}], Total=1)
    with endpoint(listed, app(Active="yes", How={"Mode": "A"}, Keep={"Days": 90})) as served:
        talk_to(ours, served.host)
        ran = ours.run("plan", "prod", "--exit-code")
    assert ran.code == 4
    assert "maxIdleTime: cannot verify 2m: the console's answer lacks it" in ran.words


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "grade: assumed",
            "grade: guessed",
            'takes one of documented, observed, withdrawn, name-only, assumed, not "guessed"',
        ),
        ("unit: 1m", "unit: 1kbps", "does not take"),
        ("{auto: A", "{automatic: A", 'a word of codes takes one of auto, manual, not "automatic"'),
        ("sdkAppId: AppId\n", "", "bindings/ours.yaml:1:1: REC012 the document needs the key sdkAppId"),
    ],
)
def test_a_broken_binding_is_told_at_its_place(ours: Project, old: str, new: str, told: str) -> None:
    ours.edit("bindings/ours.yaml", old, new)
    talk_to(ours, "127.0.0.1:9")
    ran = ours.run("plan", "prod")
    assert ran.code == 1
    assert told in ran.err


def test_keys_that_the_embedded_console_would_ignore_are_refused(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: embedded, accept: ['action:X']}")
    ran = project.run("validate")
    assert (
        "environments/dev/environment.yaml:8:29: REC022 console.accept means nothing to the driver embedded" in ran.out
    )


def test_a_value_that_no_codec_foresaw_is_unreadable(project: Project) -> None:
    binding = load("default", project.root)
    recording = {"Enabled": 7, "Mode": "auto", "Template": {"StreamType": "x", "MaxIdleTime": 9}}
    fields = binding.observed(1, {"SdkAppInfo": {"Recording": recording}}).fields
    assert fields["/recording/enabled"] == Unreadable("the console's value is no known code: 7")
    assert fields[f"{SETTINGS}/media"] == Unreadable("the console's value is no known code: 'x'")
    assert fields[IDLE] == seconds(9)


def test_the_template_goes_as_a_whole_and_before_automatic_mode(project: Project) -> None:
    desired: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "auto", IDLE: seconds(9)}
    change = ConsoleChange(desired, frozenset(desired))
    calls = [(write.action, body) for write, body in load("default", project.root).requests(5, change, str)]
    assert calls == [
        ("ModifyRecordMode", {"SdkAppId": 5, "Enabled": 1}),
        ("AlterRecording", {"SdkAppId": 5, "Template": {"MaxIdleTime": 9}}),
        ("ModifyRecordMode", {"SdkAppId": 5, "Mode": "auto"}),
    ]


def test_a_field_without_a_place_stands_in_its_block_by_its_public_name(ours: Project) -> None:
    ours.write("bindings/blocks.yaml", f"{OURS}blocks:\n  {SETTINGS}: {{grade: documented, at: All, absent: unset}}\n")
    binding = load("bindings/blocks.yaml", ours.root)
    known = {path: place.at for path, place in binding.places.items() if FIELDS[path].block == SETTINGS}
    assert known == {
        f"{SETTINGS}/media": "All/StreamType",
        f"{SETTINGS}/formats": "All/RecordFormat",
        IDLE: "How/IdleMinutes",
        f"{SETTINGS}/maxFileDuration": "All/MaxMediaFileDuration",
        f"{SETTINGS}/fileNamePrefix": "All/UserDefineRecordPrefix",
    }
    assert binding.places[f"{SETTINGS}/media"].absent_is_unset
    assert f"{SETTINGS}/mixed/maxUsers" not in binding.places  # nobody said where its block stands


@pytest.mark.parametrize(
    ("accept", "refused"),
    [
        (set(), ["action:PutApp", f"field:{IDLE}"]),
        ({"observed"}, ["action:PutApp"]),
        ({"withdrawn"}, ["action:PutApp"]),
        ({"observed", "action:PutApp"}, []),
        ({"assumed"}, []),
        ({"documented"}, ["action:PutApp", f"field:{IDLE}"]),
    ],
)
def test_a_grade_accepts_what_is_known_that_well_or_better(
    project: Project, accept: set[str], refused: list[str]
) -> None:
    text = OURS.replace("{action: PutApp, grade: documented", "{action: PutApp, grade: name-only")
    project.write("bindings/graded.yaml", text.replace(f"{IDLE}: {{grade: assumed", f"{IDLE}: {{grade: observed"))
    assert load("bindings/graded.yaml", project.root).refused([IDLE], accept) == refused


TEMPLATES = """\
apiVersion: binding/v1
kind: Binding
name: templates
service: trtc
version: "2025-01-01"
sdkAppId: AppId
sdkAppIdAs: text
list: {action: ListApps, grade: observed, items: Data/Apps, id: Base/Id, name: Base/Title,
       page: {offset: From, limit: Count, size: 2, total: Data/Total}}
read: {action: GetApp, grade: observed, name: Title}
template: {action: GetTemplate, grade: observed, id: Rec/TemplateId, as: Tid, fields: Body}
writes:
  template: {action: PutTemplate, grade: observed, carries: [/recording/settings], at: New, templateId: Tid}
  mode: {action: PutMode, grade: observed, carries: [/recording/enabled, /recording/mode]}
fields:
  /recording/enabled: {grade: observed, at: Rec/On, codes: {"true": "1", "false": "0"}}
  /recording/mode: {grade: observed, at: Rec/How, sent: How, codes: {auto: A, manual: M}}
  /recording/settings/formats: {grade: observed, at: Kinds, codes: {mp4: 3, hls: 1, aac: 2}}
  /recording/settings/maxIdleTime: {grade: observed, at: Idle, as: text, unit: 1s}
  /recording/settings/storage/vendor: {grade: observed, at: To, codes: {vod: V, cos: C}}
  /recording/settings/storage/cos/prefix: {grade: observed, at: Folder, as: text, absent: unset}
"""


def test_a_template_of_its_own_is_read_by_its_id_and_written_under_it(project: Project) -> None:
    project.write("bindings/templates.yaml", TEMPLATES)
    binding = load("bindings/templates.yaml", project.root)
    answered = answers(Title="one", Rec={"On": "1", "How": "M", "TemplateId": 77})
    template = answers(Body={"Kinds": [1, 3], "Idle": "9", "Folder": "a/b", "To": "C"})
    listed = answers(Data={"Apps": [{"Base": {"Id": "7", "Title": "one"}}], "Total": 1})
    desired: dict[str, Value] = {f"{SETTINGS}/formats": ("mp4",), IDLE: seconds(8), "/recording/mode": "auto"}
    with endpoint(listed, answered, template, answered, answers(), answers()) as served:
        client = TencentClient(
            "trtc", binding.version, "ap-singapore", Endpoint(served.host, "http", direct=True), Credential("x", "y")
        )
        with closing(TencentConsole(client, binding, "x", project.root, read_only=False, accept=None)) as console:
            assert [(app.sdk_app_id, app.name) for app in console.list_applications()] == [(7, "one")]
            fields = console.read(7).fields
            console.write(7, ConsoleChange(desired, frozenset({IDLE, "/recording/mode"})))
        assert [(action, body) for action, _, body in served.seen][1:] == [
            ("GetApp", {"AppId": "7"}),
            ("GetTemplate", {"AppId": "7", "Tid": 77}),
            ("GetApp", {"AppId": "7"}),
            ("PutTemplate", {"AppId": "7", "Tid": 77, "New": {"Kinds": [3], "Idle": "8"}}),
            ("PutMode", {"AppId": "7", "How": "A"}),
        ]
    assert (fields["/recording/enabled"], fields["/recording/mode"]) == (True, "manual")
    assert (fields[f"{SETTINGS}/formats"], fields[IDLE]) == (("mp4", "hls"), seconds(9))
    assert fields[f"{SETTINGS}/storage/cos/prefix"] == "a/b"
