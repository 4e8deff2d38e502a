"""Which change has which consequence, found from a real change and not from a plan that a test wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from provisioner.console.port import Observed, Shown, Unreadable
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.consequence import consequences, of_contract, present
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.application import Application
from provisioner.recording.effects import ChangeKind, effect, kinds, possible_kinds, told_fields
from provisioner.recording.field import Field, Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.findings import Finding
from provisioner.recording.quantities import FOREVER, Quantity
from provisioner.recording.value_types import (
    Amount,
    Flag,
    Kind,
    Reference,
    References,
    Text,
    Texts,
    Value,
    Whole,
    Word,
    Words,
)
from tests.project import Project
from tests.reconcile.typed import PlainLeaves

DEV = "environments/dev/environment.yaml"
CALL = "environments/dev/apps/video-call.yaml"
IDLE = "/recording/settings/maxIdleTime"


def findings(project: Project, name: str = "video-call") -> list[tuple[str, str, str]]:
    (app,) = project.json("plan", f"dev/{name}")["applications"]
    return [(found["id"], found["severity"], found["message"]) for found in app["findings"]]


def ids(project: Project, name: str = "video-call") -> list[tuple[str, str]]:
    return [(found, severity) for found, severity, _ in findings(project, name)]


def idle(project: Project, value: str) -> None:
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", f"maxIdleTime: {value}")


@pytest.fixture
def applied(project: Project) -> Project:
    idle(project, "10s")
    assert project.run("apply", "--yes", "dev").code == 0
    return project


def test_a_shorter_idle_time(applied: Project) -> None:
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 10s", "maxIdleTime: 9s")
    ((name, severity, message),) = findings(applied)
    assert (name, severity) == ("shorter-idle-time", "medium")
    assert "9s" in message
    assert "10s" in message


def test_a_longer_idle_time_is_no_risk(applied: Project) -> None:
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 10s", "maxIdleTime: 11s")
    assert findings(applied) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("7d", "6d", [("shorter-retention", "medium")]),
        ("7d", "8d", []),
        ("7d", "forever", []),
        ("forever", "3650d", [("retention-ends", "high")]),
    ],
)
def test_a_shorter_retention(project: Project, before: str, after: str, found: list[tuple[str, str]]) -> None:
    if before != "7d":
        project.edit(DEV, "retention: 7d", f"retention: {before}")
    project.run("apply", "--yes", "dev")
    project.edit(DEV, f"retention: {before}", f"retention: {after}")
    assert [entry for entry in ids(project) if "retention" in entry[0]] == found


def test_another_account_of_the_same_vendor_is_a_moved_storage(applied: Project) -> None:
    applied.edit(DEV, "subAppId: 1500000010", "subAppId: 1500000019")
    ((name, severity, message),) = findings(applied)
    assert (name, severity) == ("storage-moved", "medium")
    assert "1500000019" in message
    assert "1500000010" in message


def test_another_vendor_is_a_moved_storage_and_told_once(applied: Project) -> None:
    text = (applied.root / DEV).read_text()
    begin = text.index("storage:")
    block = text[begin : text.index("}}", begin) + 2]
    keys = "accessKeyRef: env:A, secretKeyRef: env:B"
    cos = f"storage: {{vendor: cos, cos: {{bucket: rec-1250000000, region: ap-singapore, {keys}}}}}"
    applied.edit(DEV, block, cos)
    assert ids(applied).count(("storage-moved", "medium")) == 1


def test_a_first_storage_has_not_moved(project: Project) -> None:
    assert "storage-moved" not in [name for name, _ in ids(project)]


def test_manual_recording_that_becomes_automatic_starts_and_does_not_enable(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit("environments/dev/apps/support-desk.yaml", "mode: manual", "mode: auto")
    found = [name for name, _ in ids(project, "support-desk")]
    assert "start-recording" in found
    assert "enabled-for-good" not in found


def test_only_new_type_recording_is_enabled_for_good(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", "{sdkAppId: 20001002}", "{sdkAppId: 20001002, generation: old}")
    assert {name for name, _ in ids(project)} >= {"start-recording", "enabled-for-good"}
    old = {name for name, _ in ids(project, "classroom")}
    assert "start-recording" in old
    assert "enabled-for-good" not in old


# Every entry of the table, from a change of a field in both directions.

CALLS_HAVE = 5
WEBHOOK = "/calls/webhook/"
TEXTS = (
    "aa",
    "bb",
    "#000000",
    "#ffffff",
    "https://a.example/a.png",
    "https://a.example/b.png",
    "a.example",
    "b.example",
)
URLS = ("http://a.example/x", "https://a.example/x", "https://b.example/x", "https://a.example/y")
SWITCHES = ("/recording/enabled", "/recording/mode")


def application(settings: Mapping[str, Value | None], mode: str = "auto", *, enabled: bool = True) -> Application:
    head: dict[str, Value] = {"/name": "desk", "/sdkAppId": 20001003, "/owner": "me", "/recording/enabled": enabled}
    head |= {"/recording/mode": mode, "/recording/expectedParticipants": CALLS_HAVE}
    leaves = PlainLeaves(head | {path: value for path, value in settings.items() if value is not None})
    return Application("dev", Location("desk.yaml"), leaves, {})


def shown(settings: Mapping[str, Shown], mode: Shown = "auto", enabled: Shown = True) -> Observed:
    """What a console shows; a setting that is not named is not set."""
    fields = {
        path: None
        for path, field in FIELDS.items()
        if path.startswith((SETTINGS, "/calls/")) and Mode.AUTO in field.modes
    }
    known = {path: value for path, value in fields.items() if "*" not in path}
    return Observed(1, "desk", "new", {"/recording/enabled": enabled, "/recording/mode": mode, **known, **settings})


def some(kind: Kind) -> list[Value]:
    """A few legal values."""
    match kind:
        case Flag():
            return [True, False]
        case Whole(minimum, maximum):
            return [minimum, min(minimum + CALLS_HAVE, maximum), maximum]
        case Word(choices):
            return [*choices]
        case Words(choices):
            return [choices[:1], choices[:2]]
        case Reference():
            return ["env:A", "env:B"]
        case References():
            return [("env:A",), ("env:B",)]
        case Texts():
            return [("aa",), ("aa", "bb")]
        case Amount(dimension, minimum, maximum, choices=choices):
            texts = choices or (minimum, maximum, *([FOREVER] if kind.forever else []))
            return [Quantity.parse(text, dimension) for text in texts]
    assert isinstance(kind, Text)
    return [text for text in (*TEXTS, *URLS) if fits(kind, text)]


def fits(kind: Kind, text: str) -> bool:
    try:
        return kind.parse(text) == text
    except ValueError:
        return False


def entries() -> Iterator[tuple[Field, ChangeKind]]:
    return ((field, kind) for field in told_fields() if field.path not in SWITCHES for kind in possible_kinds(field))


def pair(field: Field, kind: ChangeKind) -> tuple[Value | None, Value | None]:
    """Two values between which the field changes in that way."""
    values = [None, *some(field.kind)]
    ways = [(before, after) for before, after in product(values, values) if before != after]
    found = [way for way in ways if kind in kinds(field.path, way[0], way[1], CALLS_HAVE)]
    return min(found, key=lambda way: len(kinds(field.path, way[0], way[1], CALLS_HAVE)))


@pytest.mark.parametrize(
    ("field", "kind"), list(entries()), ids=lambda one: getattr(one, "path", getattr(one, "name", ""))
)
def test_each_entry_is_found_from_a_real_change(field: Field, kind: ChangeKind) -> None:
    path, found = field.path.replace("*", "some"), effect(field.path, kind)
    assert found is not None
    before, after = pair(field, kind)
    if path.startswith(WEBHOOK) and kind in (ChangeKind.SET, ChangeKind.UNSET):
        pytest.skip("a spec without the address leaves the webhook alone: nothing to compare")
    if Mode.AUTO in field.modes:
        beside = {f"{WEBHOOK}url": URLS[1]} if path == f"{WEBHOOK}events" else {}
        app, console = application({**beside, path: after}), shown({**beside, path: before})
        done = consequences(app, console, diff(app.values, console).differences)
        base, console = application({**beside, path: before}), shown({**beside, path: after})
        now = present(base, base.values, console, diff(base.values, console).differences)
        assert found.now
        assert found.now.id in [finding.id for finding in now]
    else:
        done = of_contract(application({path: after}, "manual"), application({path: before}, "manual"))
    assert [finding.id for finding in done if finding.id == (found.does.id if found.does else "")] == (
        [found.does.id] if found.does else []
    )
    if not found.does:
        assert [finding.id for finding in done if finding.id != "REC092"] == []


def now(app: Application, console: Observed) -> list[Finding]:
    return present(app, app.values, console, diff(app.values, console).differences)


@pytest.mark.parametrize(
    ("wanted", "console", "found"),
    [
        (application({}), shown({}, "manual"), ["not-recording"]),
        (application({}), shown({}, None), ["not-recording"]),
        (application({}), shown({}, "manual", False), ["not-recording"]),
        (application({}), shown({}, "auto", False), ["not-recording"]),
        (application({}, "manual"), shown({}, "auto"), ["recording-unwanted"]),
        (application({}, "manual"), shown({}, None), ["settings-differ"]),
        (application({}, enabled=False), shown({}, "auto"), ["recording-unwanted"]),
        (application({}, enabled=False), shown({}, "manual"), ["switched-on"]),
        (application({}), shown({}, Unreadable("hidden")), []),
        (application({}), shown({}), []),
    ],
)
def test_whether_rooms_are_recorded_now(wanted: Application, console: Observed, found: list[str]) -> None:
    told = now(wanted, console)
    assert [finding.id for finding in told] == found
    assert all("{" not in finding.message for finding in told)


def test_of_what_is_not_recorded_the_settings_are_no_news() -> None:
    media = {f"{SETTINGS}/media": "audio-video"}
    assert [one.id for one in now(application(media), shown({f"{SETTINGS}/media": "audio"}))] == ["media-missing"]
    assert [one.id for one in now(application(media), shown({f"{SETTINGS}/media": "audio"}, "manual"))] == [
        "not-recording"
    ]


def test_the_gravest_comes_first_and_what_is_alike_is_one_sentence() -> None:
    wanted = {"maxIdleTime": "30s", "mixed/maxUsers": 8, "mixed/video/width": 1280, "mixed/video/height": 720}
    seen = {"maxIdleTime": "5s", "mixed/maxUsers": 3, "mixed/video/width": 640, "mixed/video/height": 360}
    app, console = (
        {f"{SETTINGS}/{name}": FIELDS[f"{SETTINGS}/{name}"].kind.parse(value) for name, value in values.items()}
        for values in (wanted, seen)
    )
    assert [(one.id, one.severity.value, one.message) for one in now(application(app), shown(console))] == [
        (
            "users-missing",
            "high",
            "Users of usual calls are NOT being recorded: mixed.maxUsers 3, specified 8; what is not recorded cannot "
            "be recovered.",
        ),
        (
            "quality-lower",
            "medium",
            "Recordings have a lower quality: mixed.video.width 640, specified 1280; mixed.video.height 360, specified "
            "720.",
        ),
        (
            "recordings-end-sooner",
            "medium",
            "Recordings end sooner after everybody left: maxIdleTime 5s, specified 30s. Whoever comes back starts "
            "another file.",
        ),
    ]


def test_what_a_secret_is_called_is_in_no_sentence() -> None:
    path = f"{SETTINGS}/storage/cos/secretKeyRef"
    app, console = application({path: "env:NEW_KEY"}), shown({path: "env:OLD_KEY"})
    (done,) = (one for one in consequences(app, console, diff(app.values, console).differences) if one.path == path)
    assert done.id == "storage-keys"
    assert "secretKeyRef" in done.message
    assert "_KEY" not in done.message + now(app, console)[0].message


def test_a_contract_in_manual_mode_is_judged_against_the_base(project: Project) -> None:
    project.edit(
        "environments/dev/apps/support-desk.yaml", "mode: manual", "mode: manual\n  settings: {media: audio-video}"
    )
    project.commit()
    project.edit("environments/dev/apps/support-desk.yaml", "media: audio-video", "media: audio")
    (app,) = project.json("plan", "dev/support-desk", "--base", "HEAD")["applications"]
    (found,) = (one for one in app["findings"] if one["source"] == "plan")
    assert (found["id"], found["severity"]) == ("less-media", "high")
    assert found["path"] == f"{SETTINGS}/media"
