"""Documents to start from: they validate as they are, and their comments teach what to decide next."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provisioner.specs.schema.shapes import API_VERSION
from provisioner.specs.yaml.canonical import comment, dump, flow, scalar

_SCHEMAS = Path(__file__).resolve().parents[1] / "schema"
_RETENTION = {"development": "7d", "staging": "30d", "production": "90d"}


def application(root: Path, file: str, name: str, *, sdk_app_id: int, owner: str, template: str, mode: str) -> str:
    """An application that takes all its settings from `template` (`call@v1`)."""
    pinned = f"templates/{template.replace('@', '/')}.yaml"
    return _lines(
        *_head(root, file, "Application"),
        _with(f"name: {scalar(name)}", "the file's name; pairs the application across environments"),
        _with(f"sdkAppId: {sdk_app_id}", "in this environment"),
        _with(f"owner: {scalar(owner)}", "who is asked about this application"),
        "recording:",
        _with("  enabled: true", "new-type recording cannot be switched off again in the console"),
        _with(f"  mode: {mode}", "auto: every room is recorded; manual: the backend starts recordings over REST"),
        _with(f"  template: {scalar(template)}", pinned),
        _with("  # expectedParticipants: 2", "the most people who publish in one room; checked against the mix"),
        _with("  # settings:", "what this application sets apart from its template; null deletes"),
        _with("  #   maxIdleTime: 30s", "how long everybody must be gone before a recording ends"),
    )


def template(root: Path, file: str, name: str, description: str) -> str:
    """A template for mixed MP4 recordings of calls."""
    return _lines(
        *_head(root, file, "Template"),
        f"name: {scalar(name)}",
        f"description: {scalar(description)}",
        "settings:",
        _with("  media: audio-video", "audio-video, audio or video"),
        _with("  formats: [mp4]", "mp4, hls or aac (not with mp4); each format is charged"),
        _with("  maxIdleTime: 10s", "how long everybody must be gone before a recording ends"),
        _with("  maxFileDuration: 2h", "a longer recording is split, and so is a file of 2 GB"),
        _with("  mixed:", "one file for the whole room; `single: {}` gives each stream its own"),
        _with("    maxUsers: 8", "an automatic recording mixes at most 8 users"),
        _with("    layout: {kind: grid}", "grid, screen-share or floating"),
        "    video: {width: 1280, height: 720, fps: 15, bitrate: 1200kbps, gop: 10s}",
        "    audio: {sampleRate: 48kHz, channels: 2, bitrate: 64kbps}",
    )


def imported_application(root: Path, file: str, document: Mapping[str, Any], notes: Iterable[str]) -> str:
    """An application as a console shows it: `document` is what stands below the head, `notes` lines of comment."""
    modeline, *head = _head(root, file, "Application")
    return _lines(modeline, *map(comment, notes), *head) + dump(document)


def imported_template(root: Path, file: str, name: str, description: str, settings: Mapping[str, Any]) -> str:
    """A template for what several applications were found to share."""
    head = _lines(*_head(root, file, "Template"))
    return head + dump({"name": name, "description": description, "settings": settings})


def environment(
    root: Path, file: str, name: str, *, tier: str, site: str, region: str, driver: str, sub_app_id: int | None
) -> str:
    """An environment without applications; its storage is VOD where `sub_app_id` is given, else still open."""
    storage = {
        "storage": {"vendor": "vod", "vod": {"subAppId": sub_app_id or 1_500_000_000, "retention": _RETENTION[tier]}}
    }
    mark = "" if sub_app_id else "# "
    about = {
        "embedded": "a simulator inside the calling process",
        "runbook": "people carry out the steps that apply prints",
        "tencent": "the real service, or its endpoint",
    }
    return _lines(
        *_head(root, file, "Environment"),
        _with(f"name: {scalar(name)}", "the folder's name, and the Pulumi stack's"),
        _with(f"tier: {tier}", "development, staging or production: how careful to be"),
        _with(f"site: {site}", "cn or intl: decides what is legal"),
        f"region: {scalar(region)}",
        _with(f"console: {{driver: {driver}}}", about[driver]),
        _with(f"{mark}settings:", "where files go and how long they are kept; templates never say"),
        f"{mark}  storage: {flow(storage['storage'])}",
    )


def embedded(root: Path, file: str, name: str, applications: Mapping[str, int] = MappingProxyType({})) -> str:
    """The account of an embedded console that holds `applications`, name -> SDKAppId, and none of their recordings."""
    about = "one for each that the account holds"
    held = [f"  {scalar(app)}: {{sdkAppId: {number}}}" for app, number in applications.items()]
    empty = _with("applications: {}", f"such as my-app: {{sdkAppId: 20000001}}, {about}")
    return _lines(
        *_head(root, file, "EmbeddedConsole"),
        f"name: {scalar(name)}",
        *([_with("applications:", about), *held] if held else [empty]),
    )


def _head(root: Path, file: str, kind: str) -> list[str]:
    schema = "embedded" if kind == "EmbeddedConsole" else kind.lower()
    below = os.path.relpath(schema_folder(root), (root / file).parent)
    return [
        f"# yaml-language-server: $schema={below}/{schema}.json",
        f"apiVersion: {API_VERSION}",
        f"kind: {kind}",
    ]


def schema_folder(root: Path) -> Path:
    """Where editors find the schemas: the package's own where it is part of the project, else `schemas/`."""
    return _SCHEMAS if _SCHEMAS.is_relative_to(root) else root / "schemas"


def _with(entry: str, comment: str) -> str:
    return f"{entry:<33} # {comment}"


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
