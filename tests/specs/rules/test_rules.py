"""Every rule on a tiny broken spec: what it says, where, and that nothing else speaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.specs.rules import RULES, service_limits, waivers
from provisioner.specs.workspace import Workspace, told
from tests.conftest import ROOT
from tests.project import Project

DEV, PROD = "environments/dev/environment.yaml", "environments/prod/environment.yaml"
CALL, ROOM, DESK = (f"environments/dev/apps/{name}.yaml" for name in ("video-call", "classroom", "support-desk"))
PROD_CALL = "environments/prod/apps/video-call.yaml"
PROD_ROOM = "environments/prod/apps/classroom.yaml"
TEMPLATE, LOCK = "templates/call/v1.yaml", "templates/templates.lock"

_PAGES = (
    "REC052 info: applications record mixed streams automatically, which TUICallKit cloud recording allows on "
    "the site intl. Other pages say single streams only: on-cloud recording guide and recording guide "
    "trtc.io/document/60094."
)
SHIPPED = [
    f"{DEV}:6:7: {_PAGES}",
    f"{PROD}:6:7: {_PAGES}",
    f"{PROD}:8:19: REC075 info: console.driver is embedded: plans and writes of this production environment reach a "
    "simulator, nothing real is read or written",
]
"""All that is to be said of the shipped specs: pages disagree on them, and their production is an example."""

Edit = tuple[str, str, str]
PIN = "template: call@v1"
VOD = "{vendor: vod, vod: {subAppId: 1500000010, retention: 7d}}"
DIGEST = "sha256:3141b8e6a0b482ceffc8a07051303f839c64f34b73cd0e70644271146cff4f59"


def settings(text: str, file: str = CALL) -> Edit:
    """Gives the call application settings of its own, in line 12."""
    return (file, PIN, f"{PIN}\n  settings: {{{text}}}")


DECLARED = "controller: {url: 'https://rec.example.com', tokenRef: env:TOKEN, callbackKeyRefs: [env:KEY]}"
CONTROLLER: Edit = (DEV, "settings:", f"{DECLARED}\nsettings:")
WATERMARK = "mixed: {layout: {watermarks: {t: {timestamp: {position: center, font: %s}}}}}"
MANUAL = "manual: {start: backend, roomIds: number, sdkSecretKeyRef: env:SDK}"


def carried_out(backend: str = "backendRecords: false") -> Edit:
    """Gives the support desk a controller's work, in line 11."""
    return (DESK, "backendRecords: true", f"{backend}\n  {MANUAL}")


CASES: dict[str, list[tuple[list[Edit], list[str]]]] = {
    "REC060": [
        (
            [(CALL, "20001001", "20000101")],
            [
                f"{CALL}:5:11: REC060 sdkAppId 20000101 is also prod's video-call ({PROD_CALL}:5:11); "
                "give each environment an application of its own",
                f"{PROD_CALL}:5:11: REC060 sdkAppId 20000101 is also dev's video-call ({CALL}:5:11); "
                "give each environment an application of its own",
            ],
        ),
    ],
    "REC061": [
        (
            [(CALL, '"@acme/calls"', '"@acme/voice"')],
            [
                f"{CALL}:6:8: REC061 low: owner is @acme/voice, but CODEOWNERS:5:1 has @acme/calls approve this file; "
                "name the same in both"
            ],
        ),
        (
            [("CODEOWNERS", "/environments/*/apps/video-call.yaml        @acme/calls", "video-call.yaml")],
            [
                f"{CALL}:6:8: REC061 low: owner is @acme/calls, but CODEOWNERS has nobody approve this file; "
                "name the same in both",
                f"{PROD_CALL}:6:8: REC061 low: owner is @acme/calls, but CODEOWNERS has nobody approve this file; "
                "name the same in both",
            ],
        ),
        ([("CODEOWNERS", "@acme/calls", "@ACME/Calls")], []),
    ],
    "REC076": [
        (
            [(CALL, "owner:", "aliases: [support-desk]\nowner:")],
            [
                f"{CALL}:6:10: REC076 the alias support-desk is the name of another application ({DESK}:4:7); "
                "a name pairs one application"
            ],
        ),
        (
            [(CALL, "owner:", "aliases: [calls, video-call]\nowner:"), (ROOM, "owner:", "aliases: [calls]\nowner:")],
            [
                f"{CALL}:6:10: REC076 the alias calls is classroom's alias, too ({ROOM}:6:10); "
                "a name pairs one application",
                f"{CALL}:6:10: REC076 video-call is the application's own name; remove the alias",
            ],
        ),
        ([(CALL, "owner:", "aliases: [calls]\nowner:"), (PROD_CALL, "owner:", "aliases: [calls]\nowner:")], []),
    ],
    "REC062": [
        (
            [(CALL, "expectedParticipants: 2", "expectedParticipants: 1")],
            [
                f"{TEMPLATE}:9:16: REC062 low: maxIdleTime 5s ends the recording when the one who publishes loses the "
                "network for longer, and the call goes on in another file; take 10s or more"
            ],
        ),
        (
            [(DESK, "expectedParticipants: 3", "backendRecords: true"), (DESK, "  backendRecords: true\n  b", "  b")],
            [
                f"{TEMPLATE}:9:16: REC062 low: maxIdleTime 5s ends the recording when whoever publishes alone "
                "(expectedParticipants is not given) loses the network for longer, and the call is not recorded until "
                "the backend starts again; take 10s or more"
            ],
        ),
        ([(CALL, "expectedParticipants: 2", "expectedParticipants: 1"), settings("maxIdleTime: 10s")], []),
    ],
    "REC063": [
        (
            [settings("maxIdleTime: 11m")],
            [
                f"{CALL}:12:27: REC063 low: maxIdleTime 11m: every call is charged as audio for that long after "
                "everybody left; 10m or less is enough for anybody who comes back"
            ],
        ),
        ([settings("maxIdleTime: 10m")], []),
    ],
    "REC064": [
        (
            [(CALL, "mode: auto ", "mode: auto\n  backendRecords: true  ")],
            [
                f"{CALL}:10:19: REC064 medium: the console's template records every call and the backend records it "
                "too: two files and two fees; choose mode: manual, or have the backend stop and set "
                "backendRecords: false"
            ],
        ),
        (
            [CONTROLLER, carried_out("backendRecords: true")],
            [
                f"{DESK}:10:19: REC064 medium: the controller records every call and the backend records it too: two "
                "files and two fees; remove recording.manual, or have the backend stop and set backendRecords: false"
            ],
        ),
    ],
    "REC054": [
        (
            [carried_out("backendRecords: false")],
            [
                f"{DESK}:11:19: REC054 recording.manual is the controller's to carry out, and the environment declares "
                "none; add controller: {url: https://…, tokenRef: env:NAME} to environments/dev/environment.yaml, or "
                "remove recording.manual"
            ],
        ),
        ([CONTROLLER, carried_out("backendRecords: false")], []),
        ([carried_out("backendRecords: false"), (DESK, "enabled: true", "enabled: false")], []),
    ],
    "REC055": [
        (
            [(DEV, "settings:", f"{DECLARED.replace(', callbackKeyRefs: [env:KEY]', '')}\nsettings:"), carried_out()],
            [
                f"{DESK}:11:19: REC055 no key signs this application's callbacks, and the controller believes no "
                "unsigned one; set controller.callbackKeyRefs in environments/dev/environment.yaml, or "
                "recording.manual.callbackKeyRefs here"
            ],
        ),
        (
            [
                (DEV, "settings:", f"{DECLARED.replace(', callbackKeyRefs: [env:KEY]', '')}\nsettings:"),
                carried_out(),
                (DESK, "roomIds: number", "roomIds: number, callbackKeyRefs: [env:OWN]"),
            ],
            [],
        ),
    ],
    "REC056": [
        (
            [
                settings(
                    "mixed: {layout: {watermarks: {t: {timestamp: {position: center, font: source-han-sans}}}}}", DESK
                )
            ],
            [
                f"{DESK}:13:84: REC056 the API of the site intl has no WaterMarkTimestamp.Font: "
                "mixed.layout.watermarks.t.timestamp.font would hold nothing"
            ],
        ),
        (
            [settings(WATERMARK % "tencent", DESK)],
            [],
        ),
    ],
    "REC057": [
        (
            [(DEV, "settings:", f"{DECLARED.replace('https:', 'http:')}\nsettings:")],
            [
                f"{DEV}:9:19: REC057 medium: controller.url is http: its bearer token travels in clear text, and "
                "whoever reads it starts recordings; take an https address"
            ],
        ),
        (
            [(DEV, "settings:", f"{DECLARED.replace('https://rec.example.com', 'http://127.0.0.1:8480')}\nsettings:")],
            [],
        ),
    ],
    "REC065": [
        (
            [(PROD, "console:", "minimumRetention: 180d\nconsole:")],
            [
                f"{PROD}:11:65: REC065 retention 90d is shorter than prod's minimumRetention 180d ({PROD}:8:19); "
                "keep files longer, or waive REC065 for a reason",
            ],
        ),
        (
            [(PROD, "console:", "minimumRetention: forever\nconsole:")],
            [
                f"{PROD}:11:65: REC065 retention 90d is shorter than prod's minimumRetention forever ({PROD}:8:19); "
                "keep files longer, or waive REC065 for a reason",
            ],
        ),
        ([(PROD, "console:", "minimumRetention: 90d\nconsole:")], []),
    ],
    "REC066": [
        (
            [(PROD, "retention: 90d", "retention: 29d")],
            [
                f"{PROD}:10:65: REC066 medium: retention 29d is shorter than the 30d that production usually keeps; "
                f"if that is meant, write minimumRetention: 29d in {PROD}"
            ],
        ),
        ([(PROD, "retention: 90d", "retention: 30d")], []),
        ([(PROD, "retention: 90d", "retention: 29d"), (PROD, "console:", "minimumRetention: 29d\nconsole:")], []),
        (
            [(DEV, "tier: development", "tier: staging"), (DEV, "retention: 7d", "retention: 6d")],
            [
                f"{DEV}:10:65: REC066 medium: retention 6d is shorter than the 7d that staging usually keeps; "
                f"if that is meant, write minimumRetention: 6d in {DEV}"
            ],
        ),
    ],
    "REC067": [
        (
            [
                (DEV, VOD, "{vendor: cos, cos: {region: ap-x, bucket: dev-1}}"),
                (DEV, "console:", "minimumRetention: 1d\nconsole:"),
            ],
            [
                f"{DEV}:11:21: REC067 low: minimumRetention 1d cannot be checked: files go to a bucket, and its own "
                "life cycle decides when they are deleted"
            ],
        ),
        ([(DEV, VOD, "{vendor: cos, cos: {region: ap-x, bucket: dev-1}}")], []),
    ],
    "REC068": [
        (
            [(DEV, "retention: 7d", "retention: forever")],
            [
                f"{DEV}:10:65: REC068 low: files of development are kept and charged for ever, which is what VOD does "
                "where no retention is given; set storage.vod.retention, such as 1d"
            ],
        ),
        (
            [(DEV, ", retention: 7d", "")],
            [
                f"{file}:1:1: REC068 low: files of development are kept and charged for ever, which is what VOD does "
                "where no retention is given; set storage.vod.retention, such as 1d"
                for file in (ROOM, DESK, CALL)
            ],
        ),
        ([(PROD, "retention: 90d", "retention: forever")], []),
    ],
    "REC069": [
        (
            [(DEV, "1500000010", "1500000001")],
            [
                f"{DEV}:10:42: REC069 medium: VOD application 1500000001 also takes the files of prod (production, "
                f"{PROD}:10:42): whoever may delete the one's may delete the other's; give each tier its own",
                f"{PROD}:10:42: REC069 medium: VOD application 1500000001 also takes the files of dev (development, "
                f"{DEV}:10:42): whoever may delete the one's may delete the other's; give each tier its own",
            ],
        ),
        (
            [
                (DEV, VOD, "{vendor: s3, s3: {region: r-1, bucket: calls}}"),
                (PROD_CALL, PIN, f"{PIN}\n  settings: {{storage: {{vendor: s3, s3: {{region: r-1, bucket: calls}}}}}}"),
            ],
            [
                f"{DEV}:10:51: REC069 medium: s3 bucket calls in r-1 also takes the files of prod (production, "
                f"{PROD_CALL}:12:62): whoever may delete the one's may delete the other's; give each tier its own",
                f"{PROD_CALL}:12:62: REC069 medium: s3 bucket calls in r-1 also takes the files of dev (development, "
                f"{DEV}:10:51): whoever may delete the one's may delete the other's; give each tier its own",
            ],
        ),
        (
            [
                (DEV, VOD, "{vendor: s3, s3: {region: r-1, bucket: calls}}"),
                (PROD_CALL, PIN, f"{PIN}\n  settings: {{storage: {{vendor: s3, s3: {{region: r-2, bucket: calls}}}}}}"),
            ],
            [],
        ),
        ([(PROD, "tier: production", "tier: development"), (DEV, "1500000010", "1500000001")], []),
    ],
    "REC070": [
        (
            [settings("callback: {url: 'http://example.com/hook?token=sesame', keyRef: env:KEY}")],
            [
                f"{CALL}:12:30: REC070 medium: callback.url is http: room and user ids travel in clear text; "
                "take an https address"
            ],
        ),
    ],
    "REC071": [
        (
            [settings("callback: {url: 'https://example.com/hook'}", PROD_CALL)],
            [
                f"{PROD_CALL}:12:30: REC071 medium: callback.url has no callback.keyRef: whoever finds the address "
                "can send events that never happened; set callback.keyRef: env:NAME"
            ],
        ),
        ([settings("callback: {url: 'https://example.com/hook'}")], []),
        ([settings("callback: {url: 'https://example.com/hook', keyRef: env:KEY}", PROD_CALL)], []),
    ],
    "REC072": [
        (
            [(PROD_CALL, PIN, "settings: {maxIdleTime: 10s, mixed: {}}")],
            [
                f"{PROD_CALL}:1:1: REC072 low: video-call records by settings of its own, which no other environment "
                "has tried; move them into a template and pin its version, recording.template: NAME@v1"
            ],
        ),
        ([(CALL, PIN, "settings: {maxIdleTime: 10s, mixed: {}}")], []),
    ],
    "REC073": [
        (
            [(TEMPLATE, "maxFileDuration: 2h", "maxFileDuration: 3h")],
            [
                f"{TEMPLATE}:1:1: REC073 call@v1 was edited after production pinned it ({LOCK}:5:12): production would "
                "change without having been promoted; undo the edit, or make it a new version and pin that"
            ],
        ),
        ([(TEMPLATE, "maxFileDuration: 2h", "maxFileDuration:     2h   # two hours")], []),
    ],
    "REC074": [
        (
            [(LOCK, f"  call@v1: {DIGEST}\n", "")],
            [
                f"environments/prod/apps/{name}:{line}:13: REC074 low: call@v1 is not in {LOCK}, so that an edit of it "
                "would go unnoticed; `provisioner template lock` adds it"
                for name, line in (("support-desk.yaml", 12), ("video-call.yaml", 11))
            ],
        ),
    ],
    "REC075": [([(PROD, "{driver: embedded}", "{driver: tencent}")], [])],  # the shipped specs violate it
}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [pytest.param(*case, id=f"{rule}-{number}") for rule, cases in CASES.items() for number, case in enumerate(cases)],
)
def test_a_rule_says_what_is_wrong_and_where(project: Project, edits: list[Edit], expected: list[str]) -> None:
    for file, old, new in edits:
        project.edit(file, old, new)
    _, findings = Workspace(project.root).validate()
    assert [line for line in told(findings) if "REC075" not in line and "REC052" not in line] == expected
    prod = (project.root / PROD).read_text()
    still_an_example = "tier: production" in prod and "{driver: embedded}" in prod
    assert any("REC075" in line for line in told(findings)) is still_an_example


def test_little_is_to_be_said_of_the_shipped_specs() -> None:
    environments, findings = Workspace(ROOT).validate()
    assert told(findings) == SHIPPED
    assert [environment.name for environment in environments] == ["dev", "prod"]


def test_every_rule_has_a_case() -> None:
    elsewhere = {rule.id for rule in (*service_limits.RULES, *waivers.RULES)}
    assert {rule.id for rule in RULES.values() if rule.check} - elsewhere == set(CASES)


def test_every_id_that_the_code_uses_is_in_the_registry() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "provisioner").rglob("*.py"))
    assert set(re.findall(r'"(REC\d{3})"', code)) == {rule for rule in RULES if rule.startswith("REC")}


def test_the_page_is_what_the_code_says() -> None:
    from provisioner.specs.rules.docs_page import markdown

    assert (ROOT / "docs/rules.md").read_text("utf-8") == markdown(), "run `make docs`"
    assert Path(ROOT / "examples/02-custom-rule").is_dir()  # the page links to it
