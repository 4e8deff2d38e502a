"""Which change has which consequence, found from a real change and not from a plan that a test wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
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


# Each sentence with its place, from what the console shows and what the spec says.

TEMPLATE: dict[str, Value] = {f"{SETTINGS}/media": "audio-video"}
HIDDEN = Unreadable("hidden")


def done(app: Application, console: Observed) -> list[tuple[str, str, str]]:
    found = consequences(app, console, diff(app.values, console).differences)
    assert all(one.application == "desk" and one.where == Location("desk.yaml") for one in found)
    return [(one.id, one.path, one.message) for one in found]


def of_type(console: Observed, generation: str | None) -> Observed:
    return replace(console, generation=generation)


SOON = "Rooms created after about 5 to 10 minutes"
NO_MORE = f"{SOON} will no longer be recorded automatically, only where the backend starts a recording; what was not "
NO_MORE += "recorded cannot be recovered."
STARTS = f"{SOON} will be recorded, every one of them: this costs money and concerns whoever is in them."
STARTING = ("start-recording", "/recording/mode", STARTS)
FOR_GOOD = "Recording of the new type cannot be switched off again once it is on; its mode can be changed."
ENABLING = ("enabled-for-good", "/recording/enabled", FOR_GOOD)
STOPPING = ("stop-recording", "/recording/mode", NO_MORE)
NEVER_OFF = "New-type recording cannot be switched off again; keep enabled: true and choose mode: manual."
REFUSING = ("REC091", "/recording/enabled", NEVER_OFF)
OLD_TYPE = "This application has old-type recording. Changing its relay domain turns that into new-type recording, "
OLD_TYPE += "without a question and for good."
OLD = ("REC090", "/sdkAppId", OLD_TYPE)


@pytest.mark.parametrize(
    ("app", "console", "generation", "told"),
    [
        (application(TEMPLATE), shown(TEMPLATE), "new", []),
        (application(TEMPLATE), shown(TEMPLATE), None, []),
        (application(TEMPLATE), shown(TEMPLATE), "old", [OLD]),
        (application({}, "manual"), shown(TEMPLATE), "new", [STOPPING]),
        (application({}, "manual"), shown(TEMPLATE), None, [STOPPING]),
        (application({}, "manual"), shown(TEMPLATE), "old", [STOPPING, OLD]),
        (application({}, "manual"), shown(TEMPLATE, "auto", False), "new", [ENABLING]),
        (application({}, "manual"), shown(TEMPLATE, "auto", HIDDEN), "new", []),
        (application({}, "manual"), shown(TEMPLATE, None), "new", []),
        (application({}, "manual"), shown(TEMPLATE, "manual"), "new", []),
        (application({}, enabled=False), shown(TEMPLATE), "new", [REFUSING]),
        (application({}, enabled=False), shown(TEMPLATE), None, [REFUSING]),
        (
            application({}, enabled=False),
            shown(TEMPLATE),
            "old",
            [
                (
                    "stop-recording",
                    "/recording/enabled",
                    f"{SOON} will not be recorded; what was not recorded cannot be recovered.",
                ),
                OLD,
            ],
        ),
        (application({}, enabled=False), shown(TEMPLATE, "auto", False), "new", []),
        (application(TEMPLATE), shown(TEMPLATE, "manual"), "new", [STARTING]),
        (application(TEMPLATE), shown(TEMPLATE, "auto", False), "new", [ENABLING, STARTING]),
        (application(TEMPLATE), shown(TEMPLATE, "auto", False), None, [ENABLING, STARTING]),
        (application(TEMPLATE), shown(TEMPLATE, "manual", False), "old", [STARTING, OLD]),
        (application(TEMPLATE), shown(TEMPLATE, HIDDEN), "new", []),
        (application(TEMPLATE), shown(TEMPLATE, "auto", HIDDEN), "new", []),
        (application(TEMPLATE), shown(TEMPLATE, "manual", HIDDEN), "new", [STARTING]),
    ],
)
def test_what_switching_does(
    app: Application, console: Observed, generation: str | None, told: list[tuple[str, str, str]]
) -> None:
    assert done(app, of_type(console, generation)) == told


def test_a_removal_that_stops_recording_says_that_its_spec_is_gone() -> None:
    gone = replace(application({}, "manual"), removed=True)
    words = (
        "Its spec is gone, and it said onRemove: stop-auto. Rooms created after about 5 to 10 minutes will no longer "
    )
    words += "be recorded automatically; what was not recorded cannot be recovered."
    assert done(gone, shown(TEMPLATE)) == [("stop-recording", "/recording/mode", words)]


NO_TEMPLATE = (
    "REC092",
    "/recording/mode",
    "The console holds no template for this application yet; it is written before automatic mode is chosen.",
)


def test_a_template_is_missing_where_every_setting_that_is_shown_is_empty() -> None:
    assert done(application({}), shown({})) == [NO_TEMPLATE]
    assert done(application({}), shown({f"{SETTINGS}/storage/cos/secretKeyRef": HIDDEN})) == [NO_TEMPLATE]
    assert done(application({}, "manual"), shown({}, "manual")) == []
    assert done(application({}, enabled=False), shown({}, "manual", False)) == []
    nothing = Observed(1, "desk", "new", {"/recording/enabled": True, "/recording/mode": "auto"})
    assert done(application({}), nothing) == []
    blind = replace(nothing, fields={**nothing.fields, f"{SETTINGS}/media": HIDDEN})
    assert done(application({}), blind) == []
    beside = replace(nothing, fields={**nothing.fields, f"{SETTINGS}x": None})
    assert done(application({}), beside) == []


FASTER = {f"{SETTINGS}/maxIdleTime": FIELDS[f"{SETTINGS}/maxIdleTime"].kind.parse("5s"), **TEMPLATE}
SLOWER = {f"{SETTINGS}/maxIdleTime": FIELDS[f"{SETTINGS}/maxIdleTime"].kind.parse("30s"), **TEMPLATE}
SHORTER = (
    "shorter-idle-time",
    f"{SETTINGS}/maxIdleTime",
    "A room that everybody left ends its file after 5s (was 30s).",
)
URL = f"{WEBHOOK}url"


def test_a_setting_matters_where_rooms_are_recorded_by_the_template() -> None:
    assert done(application(FASTER), shown(SLOWER)) == [SHORTER]
    assert done(application(FASTER), shown(SLOWER, HIDDEN, HIDDEN)) == [SHORTER]
    assert done(application(FASTER), shown(SLOWER, "manual")) == [STARTING]
    assert done(application(FASTER), shown(SLOWER, "auto", False)) == [ENABLING, STARTING]
    assert done(application(FASTER), shown(SLOWER, None)) == [STARTING]


def test_the_webhook_of_calls_matters_however_rooms_are_recorded() -> None:
    moved = {URL: URLS[2]}
    for mode in ("auto", "manual"):
        ids = [
            one[:2] for one in done(application({**TEMPLATE, **moved}, mode), shown({**TEMPLATE, URL: URLS[1]}, mode))
        ]
        assert len(ids) == 1
        assert ids[0][1] == URL


def test_what_is_worst_comes_first_and_what_is_alike_by_its_name() -> None:
    app = application({**FASTER, f"{SETTINGS}/media": "audio"})
    found = consequences(app, shown(SLOWER), list(reversed(diff(app.values, shown(SLOWER)).differences)))
    assert [(one.id, one.severity.value) for one in found] == [("less-media", "high"), ("shorter-idle-time", "medium")]
    both = consequences(
        application({}),
        of_type(shown({}, "manual", False), "old"),
        diff(application({}).values, shown({}, "manual", False)).differences,
    )
    assert [one.severity.value for one in both] == ["medium", "low", "info"]


def contract(app: Application, base: Application | None) -> list[tuple[str, str, str]]:
    return [(one.id, one.path, one.message) for one in of_contract(app, base)]


def test_a_contract_is_compared_only_between_two_manual_applications() -> None:
    now_, before = application(FASTER, "manual"), application(SLOWER, "manual")
    assert contract(now_, before) == [SHORTER]
    assert contract(now_, None) == []
    assert contract(now_, application(SLOWER)) == []
    assert contract(application(FASTER), before) == []
    assert contract(application(FASTER, "manual", enabled=False), before) == []
    assert contract(now_, application(SLOWER, "manual", enabled=False)) == []
    assert contract(now_, now_) == []
    start = "/recording/manual/start"
    rules_ = contract(application({start: "backend"}, "manual"), application({start: "first-stream"}, "manual"))
    assert [one[:2] for one in rules_] == [("controller-rules", start)]
    others = application({"/owner": "@acme/others", "/recording/expectedParticipants": 9, URL: URLS[1]}, "manual")
    assert contract(others, application({}, "manual")) == []
    lost = contract(application({}, "manual"), application({f"{SETTINGS}/media": "audio"}, "manual"))
    assert [one[1] for one in lost] in ([f"{SETTINGS}/media"], [])


def present_now(app: Application, console: Observed) -> list[tuple[str, str, str]]:
    found = now(app, console)
    assert all(one.application == "desk" and one.where == Location("desk.yaml") for one in found)
    return [(one.id, one.path, one.message) for one in found]


UNWANTED = "Every room IS being recorded, and the specs say "
OFF_NOW = "NOT being recorded: recording is switched off in the console; what is not recorded cannot be recovered."


def manual_now(mode: str) -> str:
    return (
        f"NOT being recorded: the specs say auto, the console says {mode}. Only what the backend starts is recorded; "
        "what is not recorded cannot be recovered."
    )


@pytest.mark.parametrize(
    ("app", "console", "told"),
    [
        (application({}), shown({}, "manual"), ("not-recording", "/recording/mode", manual_now("manual"))),
        (application({}), shown({}, None), ("not-recording", "/recording/mode", manual_now("nothing"))),
        (application({}), shown({}, "auto", False), ("not-recording", "/recording/enabled", OFF_NOW)),
        (application({}, "manual"), shown({}, "auto", False), ("not-recording", "/recording/enabled", OFF_NOW)),
        (
            application({}, enabled=False),
            shown({}),
            ("recording-unwanted", "/recording/enabled", f"{UNWANTED}that none is: this concerns whoever is in them."),
        ),
        (
            application({}, enabled=False),
            shown({}, HIDDEN),
            ("switched-on", "/recording/enabled", "Recording is switched on in the console, and the specs say off."),
        ),
        (
            application({}, "manual"),
            shown({}),
            (
                "recording-unwanted",
                "/recording/mode",
                f"{UNWANTED}manual: only those that the backend starts. This concerns whoever is in them, and what the "
                "backend records as well is recorded twice.",
            ),
        ),
    ],
)
def test_what_the_console_does_now(app: Application, console: Observed, told: tuple[str, str, str]) -> None:
    assert present_now(app, console) == [told]


def test_a_mode_that_nobody_knows_is_told_as_it_is() -> None:
    ((name, path, message),) = present_now(application({}, "manual"), shown({}, "later"))
    assert (name, path) == ("settings-differ", "/recording/mode")
    assert "recording.mode later, specified manual" in message
    ((_, _, message),) = present_now(application({}, "manual"), shown({}, None))
    assert "recording.mode nothing, specified manual" in message


def test_what_is_apart_from_recording_is_told_beside_it() -> None:
    app, console = application({URL: URLS[1], **FASTER}), shown({URL: URLS[2], **SLOWER}, "manual")
    found = present_now(app, console)
    assert [one[1] for one in found if one[0] == "not-recording"] == ["/recording/mode"]
    assert sorted(one[1] for one in found) == [URL, "/recording/mode"]


def test_what_is_wanted_may_be_the_bases() -> None:
    """A console that is as the base wanted it is told of nothing, whatever the spec says since."""
    app, base = application(FASTER), application(SLOWER)
    assert present(app, base.values, shown(SLOWER), diff(base.values, shown(SLOWER)).differences) == []
    (found,) = present(app, base.values, shown(FASTER), diff(base.values, shown(FASTER)).differences)
    assert (found.id, found.path) == ("recordings-end-sooner", f"{SETTINGS}/maxIdleTime")
    assert "maxIdleTime 5s, specified 30s" in found.message


def test_how_many_users_are_expected_decides_what_fewer_of_them_lose() -> None:
    users = f"{SETTINGS}/mixed/maxUsers"
    ids = {amount: [one[0] for one in done(application({users: amount}), shown({users: 8}))] for amount in (3, 5, 6)}
    assert ids == {3: ["users-left-out"], 5: ["fewer-users-recorded"], 6: ["fewer-users-recorded"]}
    unknown = application({users: 3, "/recording/expectedParticipants": "many"})
    assert [one[0] for one in done(unknown, shown({users: 8}))] == ["fewer-users-recorded"]


NAMES = ("mixed/video/width", "mixed/video/height", "mixed/video/fps", "mixed/video/bitrate", "mixed/audio/bitrate")


def lower(count: int) -> tuple[dict[str, Value], dict[str, Value]]:
    """Settings of a better picture, and of a worse one."""
    best = ("1280", "720", "30", "1200kbps", "64kbps")
    worst = ("640", "360", "15", "600kbps", "32kbps")

    def parsed(texts: tuple[str, ...]) -> dict[str, Value]:
        paths = [f"{SETTINGS}/{name}" for name in NAMES[:count]]
        return {
            path: FIELDS[path].kind.parse(int(text) if text.isdigit() else text)
            for path, text in zip(paths, texts, strict=False)
        }

    return parsed(best), parsed(worst)


@pytest.mark.parametrize(("count", "told"), [(1, ""), (4, ""), (5, " and 1 more")])
def test_of_many_fields_four_are_told_with_their_values(count: int, told: str) -> None:
    best, worst = lower(count)
    ((name, path, message),) = done(application(worst), shown(best))
    changes = ["mixed.video.width 1280 -> 640", "mixed.video.height 720 -> 360", "mixed.video.fps 30 -> 15"]
    changes += ["mixed.video.bitrate 1200kbps -> 600kbps"]
    assert (name, path) == ("lower-quality", f"{SETTINGS}/mixed/video/width")
    assert ", ".join(changes[:count]) + told in message
    ((name, path, message),) = present_now(application(best), shown(worst))
    assert (name, path) == ("quality-lower", f"{SETTINGS}/mixed/video/width")
    seen = ["mixed.video.width 640, specified 1280", "mixed.video.height 360, specified 720"]
    seen += ["mixed.video.fps 15, specified 30", "mixed.video.bitrate 600kbps, specified 1200kbps"]
    assert "; ".join(seen[:count]) + told in message
    assert "and 0 more" not in message


def test_what_is_not_set_is_told_as_that() -> None:
    sub = f"{SETTINGS}/storage/vod/subAppId"
    ((_, _, message),) = done(application({sub: 2}), shown({sub: 1}))
    assert "storage.vod.subAppId 1 -> 2" in message
    told = present_now(application(TEMPLATE), shown({}))
    assert any("media (not set), specified audio-video" in message for _, _, message in told)


def test_keys_are_told_by_their_names_alone() -> None:
    names = ("accessKeyRef", "secretKeyRef")
    paths = [f"{SETTINGS}/storage/cos/{name}" for name in names]
    before, after = (dict.fromkeys(paths, value) for value in ("env:OLD", "env:NEW"))
    ((_, path, message),) = (one for one in done(application(after), shown(before)) if one[0] == "storage-keys")
    assert path == paths[0]
    assert "storage.cos.accessKeyRef, storage.cos.secretKeyRef" in message


def test_a_field_that_nobody_here_knows_is_told_without_its_value() -> None:
    """It may be a secret of a newer console's."""
    told = present_now(application(TEMPLATE), shown({**TEMPLATE, f"{SETTINGS}/newerKey": "canary"}))
    ((name, path, message),) = told
    assert (name, path) == ("settings-differ", f"{SETTINGS}/newerKey")
    assert "newerKey (hidden), specified (not set)" in message
    assert "canary" not in message


def test_files_that_were_to_stay_are_told_with_the_time_after_which_they_go() -> None:
    kept = f"{SETTINGS}/storage/vod/retention"
    ever, month = (FIELDS[kept].kind.parse(text) for text in ("forever", "30d"))
    ((_, path, message),) = present_now(application({**TEMPLATE, kept: ever}), shown({**TEMPLATE, kept: month}))
    assert (path, message) == (kept, "New files are deleted after 30d, and the specs keep them for ever.")
    ((name, _, message),) = done(application({**TEMPLATE, kept: month}), shown({**TEMPLATE, kept: ever}))
    assert (name, message) == ("retention-ends", "New files are deleted after 30d; so far they are kept for ever.")
