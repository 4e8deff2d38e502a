"""Trees of specs and of DNS zones with equally many files of equally many lines."""

from __future__ import annotations

from pathlib import Path

TEAMS = 40
_TEMPLATES = 8

_ENVIRONMENT = """\
apiVersion: recording/v1
kind: Environment
name: prod
tier: staging
site: intl
region: ap-singapore
console: {driver: embedded}
settings:
  storage: {vendor: vod, vod: {subAppId: 1500000001, retention: 90d}}
"""

_TEMPLATE = """\
apiVersion: recording/v1
kind: Template
name: call-{number}
description: Calls of product line {number}
settings:
  formats: [mp4]
  maxIdleTime: 5s
  mixed: {{maxUsers: 8, layout: {{kind: grid}}, video: {{width: 1280, height: 720, bitrate: 1200kbps}}}}
"""

# Nearly every leaf is written out: the most that 40 lines can ask of the reader, the schema and the merge.
_APPLICATION = """\
# yaml-language-server: $schema=../../../provisioner/specs/schema/application.json
apiVersion: recording/v1
kind: Application
name: {name}
sdkAppId: {id}
owner: "@acme/team-{team}"        # who is asked
recording:
  enabled: true
  mode: auto                      # every call, by the console's template
  backendRecords: false
  expectedParticipants: {people}
  template: call-{template}@v1
  settings:
    media: audio-video
    formats: [mp4]
    maxIdleTime: {idle}s
    maxFileDuration: 2h
    mixed:
      maxUsers: 8
      layout:
        kind: screen-share
        bigPicture: host-{team}
        background: "#101010"
      video:
        width: 1280
        height: 720
        fps: 15
        bitrate: {bitrate}kbps
        gop: 10s
      audio:
        sampleRate: 48kHz
        channels: 2
        bitrate: 64kbps
    storage:
      vod:
        subAppId: {sub}
        retention: {days}d
    callback:
      url: https://hooks.example.com/trtc/{name}
      keyRef: env:REC_KEY_{team}
onRemove: retain
"""

_RECORD = """\
host-{number:02}:
  ttl: 300
  type: A
  value: 10.{a}.{b}.{number}
"""

_OCTODNS = """\
manager: {max_workers: 1}
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: ./zones
    escaped_semicolons: false
  live:
    class: octodns.provider.yaml.YamlProvider
    directory: ./live
    escaped_semicolons: false
zones:
"""

LINES = _APPLICATION.count("\n")


def write_specs(root: Path, count: int) -> None:
    """`count` applications in one production environment, on a handful of templates."""
    (root / ".git").mkdir(parents=True, exist_ok=True)  # a repository of its own, without this one's CODEOWNERS
    _write(root / "environments/prod/environment.yaml", _ENVIRONMENT)
    for number in range(_TEMPLATES):
        _write(root / f"templates/call-{number}/v1.yaml", _TEMPLATE.format(number=number))
    for number in range(count):
        _write(root / f"environments/prod/apps/{_name(number)}.yaml", application(number))


FLEET_ENVIRONMENTS = 20
FLEET_TEMPLATES = 200


def write_fleet(root: Path, count: int, environments: int = FLEET_ENVIRONMENTS) -> None:
    """`count` applications in so many environments, called alike in each, on 200 templates; people keep the consoles.

    With fewer environments it is a part of the same fleet.
    """
    (root / ".git").mkdir(parents=True, exist_ok=True)
    for number in range(FLEET_TEMPLATES):
        _write(root / f"templates/call-{number}/v1.yaml", _TEMPLATE.format(number=number))
    size = count // FLEET_ENVIRONMENTS
    for place in range(environments):
        name = fleet_environment(place)
        text = _ENVIRONMENT.replace("name: prod", f"name: {name}").replace("{driver: embedded}", _of_account(place))
        _write(root / f"environments/{name}/environment.yaml", text)
        for number in range(size):
            text = application(number, place * size, FLEET_TEMPLATES)
            _write(root / f"environments/{name}/apps/{_name(number)}.yaml", text)


def _of_account(place: int) -> str:
    """The first environment does not say whose account it is, as where credentials come from variables."""
    role = f"{{assume-role: {{roleArn: qcs::cam::uin/1000000000{place:02}:roleName/recording}}}}"
    return f"{{driver: runbook, credentials: {role}}}" if place else "{driver: runbook}"


def fleet_environment(place: int) -> str:
    """The name of one of the fleet's environments."""
    return f"account-{place:02}"


def application(number: int, after: int = 0, templates: int = _TEMPLATES) -> str:
    """The application of that number, as `write_specs` writes it; `after` are as many that have smaller SDKAppIds."""
    return _APPLICATION.format(
        name=_name(number),
        id=20_000_000 + after + number,
        team=f"{number % TEAMS:02}",
        people=2 + number % 7,
        template=number % templates,
        idle=5 + number % 55,
        bitrate=600 + number % 1000,
        sub=1_500_000_000 + number % 500,
        days=30 + number % 60,
    )


def _name(number: int) -> str:
    return f"app-{number:05}"


def write_zones(root: Path, count: int, drifted: int = 10) -> None:
    """`count` zones for octoDNS's YAML provider: ten records of four lines each.

    The `live` zones are the same, but that every `drifted`th has another address somewhere.
    """
    config = [_OCTODNS]
    for number in range(count):
        zone = f"zone-{number:05}.example."
        lines = (_RECORD.format(number=n, a=number // 250, b=number % 250) for n in range(1, LINES // 4 + 1))
        records = "---\n" + "".join(lines)
        _write(root / f"zones/{zone}yaml", records)
        other = number % drifted == 0
        _write(root / f"live/{zone}yaml", records.replace("value: 10.", "value: 11.", 1) if other else records)
        config.append(f"  {zone}: {{sources: [config], targets: [live]}}\n")
    _write(root / "config.yaml", "".join(config))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
