"""Each legality rule refuses what it is about, at its place, and nothing else."""

from __future__ import annotations

import pytest

from provisioner.recording.findings import Finding, Severity
from provisioner.specs.rules import service_limits
from provisioner.specs.workspace import Workspace
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"
LEGAL = {rule.id for rule in service_limits.RULES}
APP = "environments/dev/apps/support-desk.yaml"

PANE = "{top: 0, left: 0, width: 180, height: 320}"
MIXED = "mixed: {}"


def findings(project: Project, mode: str, settings: str, site: str = "intl") -> list[Finding]:
    """What all rules say of one application with these settings, one a line, besides what every one needs."""
    for other in ("classroom", "video-call"):
        (project.root / f"environments/dev/apps/{other}.yaml").unlink()
    lines = "\n".join(f"    {line}" for line in ["maxIdleTime: 5s", *settings.split("\n")])
    project.write(
        APP,
        "apiVersion: recording/v1\nkind: Application\nname: support-desk\nsdkAppId: 20001003\nowner: me\n"
        f"recording:\n  enabled: true\n  mode: {mode}\n  settings:\n{lines}\n",
    )
    project.edit("environments/dev/environment.yaml", "site: intl", f"site: {site}")
    _, found = Workspace(project.root).validate()
    return [finding for finding in found if finding.environment == "dev" and finding.id in LEGAL]


def errors(project: Project, mode: str, settings: str, site: str = "intl") -> list[str]:
    return [str(f) for f in findings(project, mode, settings, site) if f.severity is Severity.ERROR]


def custom(panes: str) -> str:
    return f"mixed: {{layout: {{kind: custom, panes: {{{panes}}}}}}}"


def layout(members: str, kind: str = "grid") -> str:
    return f"mixed: {{layout: {{kind: {kind}, {members}}}}}"


def marked(marks: str) -> str:
    return layout(f"watermarks: {{{marks}}}")


LOGO = "logo: {image: {url: 'https://example.com/a.png', top: 0, left: 0, width: 90, height: 90}}"
NOTE = "note: {text: {content: Recorded, top: 0, left: 0, width: 90, height: 20}}"
CLOCK = "clock: {timestamp: {position: top-right, timeZone: UTC+9}}"
COS = "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1%s}}"


@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("auto", MIXED),
        ("auto", "single: {}"),
        ("auto", "formats: [mp4, hls]\nmixed: {}"),
        ("auto", "media: audio\nformats: [aac, hls]\nsingle: {}"),
        ("auto", "formats: [hls]\nsingle: {}"),
        ("auto", layout("bigPicture: teacher", "floating")),
        ("auto", "mixed: {}\nstorage: {vod: {sessionContext: a, sourceContext: 'b c'}}"),
        ("auto", f"mixed: {{}}\n{COS % ''}"),
        ("auto", f"mixed: {{}}\n{COS % ', accessKeyRef: env:A, secretKeyRef: env:B'}"),
        ("auto", "mixed: {}\nstorage: {vendor: s3, s3: {region: us-east-1, bucket: b-1}}"),
        ("manual", "single: {}"),
        ("manual", "mixed: {maxUsers: 25}\nresourceExpiry: 30d"),
        (
            "manual",
            custom(f"left: {PANE}, right: {{top: 0, left: 180, width: 180, height: 320, user: bob, stream: aux}}"),
        ),
        ("manual", layout("bigPicture: bob, bigPictureStream: aux, bigPictureSide: right", "screen-share")),
        ("manual", "mixed: {streams: main, fill: black}"),
        ("manual", layout("renderMode: letterbox, hideAudioOnly: true")),
        ("manual", layout("placeholders: true, placeholderImage: 'https://example.com/a.jpeg?v=2'")),
        ("manual", layout("backgroundImage: 'https://x.y/a.jpg', backgroundImageRenderMode: stretch")),
        ("manual", marked(f"{LOGO}, {NOTE}, {CLOCK}")),
        (
            "manual",
            "mixed: {}\nsubscribe: {audio: {allow: [alice, class-.*$]}, video: {block: [robot]}, mixRobot: true}",
        ),
    ],
)
def test_what_the_service_takes_is_legal(project: Project, mode: str, settings: str) -> None:
    assert errors(project, mode, settings) == []


@pytest.mark.parametrize(
    ("mode", "settings", "expected"),
    [
        ("auto", "media: audio", "1:1: REC030 records neither mixed nor single streams"),
        (
            "manual",
            custom("left: {top: 0}"),
            "1:1: REC012 support-desk needs recording.settings.mixed.layout.panes.left",
        ),
        (
            "manual",
            marked("note: {text: {content: hello}}"),
            "1:1: REC012 support-desk needs recording.settings.mixed.layout.watermarks.note.text.height",
        ),
        (
            "auto",
            "mixed: {}\nresourceExpiry: 72h",
            "12:21: REC040 resourceExpiry does not exist in auto mode (API reference: CreateCloudRecording); "
            "remove it, or start recordings over REST with recording.mode: manual",
        ),
        ("auto", "mixed: {}\nsubscribe: {audio: {allow: [a]}}", "12:32: REC040 subscribe.audio.allow does not exist"),
        ("auto", layout("renderMode: crop"), "11:46: REC040 mixed.layout.renderMode does not exist in auto mode"),
        ("auto", custom(f"left: {PANE}"), "11:56: REC040 mixed.layout.panes does not exist in auto mode"),
        ("auto", custom(f"left: {PANE}"), "11:28: REC034 mixed.layout.kind custom exists in manual mode only"),
        ("auto", marked(NOTE), "REC040 mixed.layout.watermarks does not exist in auto mode"),
        ("manual", "mixed: {}\nsingle: {fill: black}", "REC041 single and mixed are both set, and a task over REST"),
        (
            "auto",
            "formats: [hls]\nmaxFileDuration: 2h\nmixed: {}",
            "12:22: REC042 maxFileDuration splits mp4 and aac files, and formats is [hls]",
        ),
        (
            "auto",
            f"fileNamePrefix: x\nmixed: {{}}\n{COS % ''}",
            "11:21: REC043 fileNamePrefix counts in VOD only, and storage.vendor is cos; use storage.cos.prefix",
        ),
        ("manual", "mixed: {layout: {kind: custom}}", "11:28: REC044 mixed.layout.kind custom shows nobody without"),
        ("manual", layout(f"panes: {{left: {PANE}}}"), "REC044 mixed.layout.panes count in the layout custom only"),
        (
            "manual",
            custom(", ".join(f"tile-{n}: {PANE}" for n in range(26))),
            "REC044 mixed.layout.panes has 26 panes; a custom layout has 25",
        ),
        ("manual", layout("bigPictureStream: aux"), "11:52: REC045 mixed.layout.bigPictureStream does nothing without"),
        ("manual", layout("bigPictureSide: right", "floating"), "REC045 mixed.layout.bigPictureSide does nothing"),
        (
            "manual",
            layout(f"hideAudioOnly: true, panes: {{left: {PANE}}}", "custom"),
            "REC045 mixed.layout.hideAudioOnly does nothing without a preset layout",
        ),
        ("manual", layout("backgroundImageRenderMode: crop"), "REC045 mixed.layout.backgroundImageRenderMode does"),
        (
            "manual",
            layout("placeholderImage: 'https://x.y/a.png'"),
            "REC045 mixed.layout.placeholderImage does nothing",
        ),
        (
            "manual",
            custom("left: {top: 0, left: 0, width: 9, height: 9, placeholderImage: 'https://x.y/a.png'}"),
            "REC045 mixed.layout.panes.left.placeholderImage does nothing without mixed.layout.placeholders: true",
        ),
        (
            "manual",
            custom("left: {top: 0, left: 200, width: 180, height: 320}"),
            "REC046 mixed.layout.panes.left.width 180 from left 200 leaves the canvas: mixed.video.width is 360",
        ),
        (
            "manual",
            marked(NOTE.replace("top: 0", "top: 630")),
            "REC046 mixed.layout.watermarks.note.text.height 20 from",
        ),
        ("manual", marked(LOGO.replace("left: 0", "left: 2000")), "REC046 mixed.layout.watermarks.logo.image.width"),
        (
            "manual",
            marked("both: {timestamp: {position: center}, text: {content: x, top: 0, left: 0, width: 9, height: 9}}"),
            "REC047 mixed.layout.watermarks.both is text and timestamp; a watermark is one of them",
        ),
        (
            "manual",
            marked(", ".join(f"mark-{n}: {{timestamp: {{position: center}}}}" for n in range(26))),
            "REC047 mixed.layout.watermarks has 26 watermarks; a picture takes 25",
        ),
        (
            "manual",
            "mixed: {}\nsubscribe: {video: {allow: [a], block: [b]}}",
            "12:44: REC048 subscribe.video both allows and blocks; name either whom to record or whom not to",
        ),
        (
            "auto",
            f"mixed: {{}}\n{COS % ', accessKeyRef: env:A'}",
            "12:75: REC050 storage.cos needs both accessKeyRef and secretKeyRef, or neither",
        ),
        ("auto", "mixed: {}\ncallback: {keyRef: env:A}", "12:24: REC053 callback.keyRef signs nothing without"),
        ("auto", "mixed: {streams: main}", "11:22: REC040 mixed.streams does not exist in auto mode"),
    ],
)
def test_what_the_service_refuses_or_drops_is_an_error(
    project: Project, mode: str, settings: str, expected: str
) -> None:
    found = errors(project, mode, settings)
    assert any(expected in error for error in found), found


def test_two_storages_in_two_files_are_two_layers(project: Project) -> None:
    assert errors(project, "auto", f"mixed: {{}}\n{COS % ''}") == []  # environment.yaml has VOD


@pytest.mark.parametrize(
    ("site", "settings", "expected"),
    [
        (
            "cn",
            "mixed: {}\nstorage: {vendor: s3, s3: {region: us-east-1, bucket: b-1}}",
            "12:23: REC051 the site cn does not record into s3 automatically: VOD and COS only according to Chinese "
            "on-cloud recording guide and API reference: McuRecordParams; record in manual mode, or set "
            "storage.vendor to vod or cos",
        ),
        (
            "intl",
            "mixed: {}",
            f"{ENVIRONMENT}:6:7: REC052 info: applications record mixed streams automatically, which TUICallKit cloud "
            "recording allows on the site intl. Other pages say single streams only: on-cloud recording guide and "
            "recording guide trtc.io/document/60094.",
        ),
        (
            "intl",
            "mixed: {}\nsingle: {}",
            "REC051 the site intl does not record mixed and single streams together automatically: single streams only",
        ),
        (
            "cn",
            "formats: [hls]\nmixed: {}",
            "6:7: REC052 info: applications record hls files automatically, which ",
        ),
        (
            "cn",
            f"mixed: {{}}\n{COS % ''}",
            "REC052 info: applications record into cos automatically, which ",
        ),
    ],
)
def test_a_site_has_its_own_options(project: Project, site: str, settings: str, expected: str) -> None:
    found = [str(finding) for finding in findings(project, "auto", settings, site)]
    assert any(expected in finding for finding in found), found


@pytest.mark.parametrize(
    ("site", "settings"),
    [("cn", "mixed: {}"), ("cn", "mixed: {}\nsingle: {}"), ("cn", "single: {}"), ("intl", "single: {}")],
)
def test_where_pages_agree_nothing_is_told(project: Project, site: str, settings: str) -> None:
    assert findings(project, "auto", settings, site) == []


def test_a_site_decides_on_automatic_recording_only(project: Project) -> None:
    s3 = "mixed: {}\nstorage: {vendor: s3, s3: {region: us-east-1, bucket: b-1}}"
    assert findings(project, "manual", s3, "cn") == []


def test_pages_that_disagree_stop_nothing_and_are_named_once(project: Project) -> None:
    environment = project.environment("dev")
    assert [str(finding) for finding in environment.findings] == [
        "environments/dev/environment.yaml:6:7: REC052 info: applications record mixed streams automatically, "
        "which TUICallKit cloud recording allows on the site intl. Other pages say single streams only: on-cloud "
        "recording guide and recording guide trtc.io/document/60094."
    ]
    assert project.run("validate").code == 0


def test_rules_are_registered_once_in_order() -> None:
    ids = [rule.id for rule in service_limits.RULES]
    assert ids == sorted(set(ids))
    assert all(rule.fact.endswith(".") for rule in service_limits.RULES)
