"""Bindings that nobody told the learner: the default one scrambled in names, nesting, units, codes and objects."""

from __future__ import annotations

from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from provisioner.console.tencent.binding import expanded
from provisioner.recording.fields import SETTINGS
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Count, Number

Document = dict[str, Any]


def default() -> Document:
    found: Document = yaml.safe_load(
        resources.files("provisioner.console").joinpath("bindings/default.yaml").read_text(encoding="utf-8")
    )
    return expanded(found)


def _base(name: str) -> Document:
    document = deepcopy(default())
    document["name"] = name
    return document


def _renamed(document: Document, rename: dict[str, str]) -> None:
    def moved(place: str) -> str:
        return "/".join(rename.get(part, part) for part in place.split("/"))

    for entry in document["fields"].values():
        entry["at"] = moved(entry["at"])
        if "implied" in entry:
            entry["implied"] = {moved(at): word for at, word in entry["implied"].items()}


def renamed() -> Document:
    """Other names and nesting: everything is called otherwise, and answers lie deeper than requests."""
    document = _base("renamed")
    document["service"], document["version"], document["sdkAppId"] = "rtcadmin", "2025-03-01", "AppKey"
    document["list"] |= {"action": "QueryApps", "items": "Result/Rows", "id": "Key", "name": "Label/Text"}
    document["list"]["page"] = {"offset": "Start", "limit": "Rows", "size": 100, "total": "Result/Count"}
    document["read"] = {
        "action": "QueryApp", "grade": "assumed", "name": "Info/Label", "generation": "Info/Kind",
        "fields": "Info/Feature/Record",
    }  # fmt: skip
    document["writes"] = {
        "switch": {"action": "SwitchRecord", "grade": "assumed", "carries": ["/recording/enabled"]},
        "template": {
            "action": "SaveRecord",
            "grade": "assumed",
            "carries": ["/recording/settings"],
            "at": "Payload/V2",
        },
        "mode": {"action": "SwitchRecord", "grade": "assumed", "carries": ["/recording/mode"]},
    }
    _renamed(document, {"Template": "Tpl", "MixRecord": "Mixed", "VideoParams": "V", "AudioParams": "A", "Width": "W",
        "Height": "H", "BitRate": "Rate", "StorageParams": "Store", "CloudVod": "Vod", "TencentVod": "Conf",
        "MaxIdleTime": "Linger", "Callback": "Notify", "Enabled": "On", "Mode": "How"})  # fmt: skip
    return document


def other_units() -> Document:
    """Minutes instead of seconds, kbps instead of bps, days, and another number for ever."""
    document = _base("units")
    for path, wire in CONSOLE_WIRE.items():
        if isinstance(wire.codec, Count):
            kbps = path.endswith("bitrate")
            document["fields"][path]["unit"] = "1kbps" if kbps else "1m"
    document["fields"][f"{SETTINGS}/mixed/video/gop"]["unit"] = "1s"
    document["fields"][f"{SETTINGS}/storage/vod/retention"] |= {"unit": "1d", "forever": -1}
    return document


def other_codes() -> Document:
    """Other codes, ids and numbers as text, one code for all formats, a switch with words, one write for everything."""
    document = _base("codes")
    document["sdkAppIdAs"] = "text"
    document["writes"] = {
        "all": {"action": "AlterRecording", "grade": "assumed", "carries": [
            "/recording/enabled", "/recording/settings", "/recording/mode"]},
    }  # fmt: skip
    codes: dict[str, Any] = {
        "/recording/enabled": {"true": "yes", "false": "no"},
        "/recording/mode": {"auto": 2, "manual": 1},
        f"{SETTINGS}/media": {"audio-video": "AV", "audio": "A", "video": "V"},
        f"{SETTINGS}/formats": {"mp4": 3, "hls": 0, "aac": 4, "mp4+hls": 1, "hls+aac": 2},
        f"{SETTINGS}/mixed/layout/kind": {"floating": "11", "screen-share": "12", "grid": "13"},
        f"{SETTINGS}/single/merge": {"true": True, "false": False},
        f"{SETTINGS}/single/streams": {"main-and-aux": 7, "main": 8, "aux": 9},
        f"{SETTINGS}/single/fill": {"last-frame": 1, "black": 0},
        f"{SETTINGS}/storage/vendor": {"vod": "VOD", "cos": "COS", "s3": "AWS"},
        f"{SETTINGS}/mixed/audio/sampleRate": {"48kHz": 48000, "44.1kHz": 44100, "16kHz": 16000},
    }
    for path, words in codes.items():
        document["fields"][path]["codes"] = words
    document["fields"][f"{SETTINGS}/storage/vendor"].pop("implied")
    document["fields"][f"{SETTINGS}/storage/vendor"]["at"] = "Template/StorageParams/Kind"
    for path, wire in CONSOLE_WIRE.items():
        if isinstance(wire.codec, (Count, Number)):
            document["fields"][path]["as"] = "text"
    return document


def own_template() -> Document:
    """A template object with an id of its own behind a second action; formats are a list of codes."""
    document = _base("template")
    document["read"] |= {"fields": "Data/App", "name": "Data/App/Name", "generation": "Data/App/Kind"}
    document["template"] = {
        "action": "DescribeTemplate", "grade": "assumed", "id": "Data/App/RecordTemplateId", "as": "TemplateId",
        "fields": "Data/Item/Detail",
    }  # fmt: skip
    document["writes"]["template"] |= {"action": "AlterTemplate", "templateId": "TemplateId", "at": "Detail"}
    for entry in document["fields"].values():
        entry["at"] = entry["at"].removeprefix("Template/")
        if "implied" in entry:
            entry["implied"] = {at.removeprefix("Template/"): word for at, word in entry["implied"].items()}
    document["fields"][f"{SETTINGS}/formats"]["codes"] = {"mp4": 3, "hls": 1, "aac": 2}
    document["fields"][f"{SETTINGS}/maxIdleTime"]["sent"] = "IdleSeconds"
    for word in ("cos", "s3"):
        document["fields"][f"{SETTINGS}/storage/{word}/prefix"]["as"] = "text"
    return document


SCRAMBLED = {"renamed": renamed, "units": other_units, "codes": other_codes, "template": own_template}


def write(folder: Path, document: Document) -> str:
    """The binding's file below `folder`, as `console.binding` names it."""
    path = folder / "bindings" / f"{document['name']}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return f"bindings/{document['name']}.yaml"
