"""Bindings that nobody told the learner: the default one scrambled in names, nesting, units, codes and objects."""

from __future__ import annotations

import json
import re
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


def snake_case() -> Document:
    """Names in snake case far down; switches of three kinds, layouts as words, ms, hours; a template apart.

    Actions begin with a capital all the same: the vendor's SDK sends no others.
    """
    document = _base("snake")
    document["service"], document["version"] = "rtcadmin", "2024-11-11"
    document["sdkAppId"], document["sdkAppIdAs"] = "app_id", "text"
    document["list"] |= {
        "action": "List_apps",
        "items": "data/body/app_rows",
        "id": "ident/value",
        "name": "ident/title",
    }
    document["list"]["page"] = {
        "number": "page_no", "limit": "page_size", "size": 50, "total": "data/body/paging/total_rows"}  # fmt: skip
    meta = "data/body/app_meta"
    document["read"] = {
        "action": "Get_app", "grade": "assumed", "name": f"{meta}/display_name", "generation": f"{meta}/record_kind",
        "fields": f"{meta}/features/cloud_record",
    }  # fmt: skip
    document["template"] = {
        "action": "Get_template", "grade": "assumed", "id": f"{meta}/tpl_ref/tpl_id", "as": "tpl_id",
        "fields": "data/body/tpl/spec_v3",
    }  # fmt: skip
    document["writes"] = {
        "switch": {"action": "Update_app", "grade": "assumed", "carries": ["/recording/enabled"],
            "at": "app_meta/flags"},
        "template": {"action": "Save_template", "grade": "assumed", "carries": ["/recording/settings"],
            "at": "tpl/spec_v3", "templateId": "tpl_id"},
        "mode": {"action": "Update_app", "grade": "assumed", "carries": ["/recording/mode"], "at": "app_meta/flags"},
    }  # fmt: skip
    for entry in document["fields"].values():
        entry["at"] = _snake(entry["at"].removeprefix("Template/"))
        if "implied" in entry:
            entry["implied"] = {_snake(at.removeprefix("Template/")): word for at, word in entry["implied"].items()}
    fields = document["fields"]
    fields["/recording/enabled"] |= {"codes": {"true": 1, "false": 0}}
    fields["/recording/mode"] |= {"codes": {"auto": "on", "manual": "off"}, "sent": "auto_record"}
    fields[f"{SETTINGS}/single/merge"]["codes"] = {"true": "Y", "false": "N"}
    fields[f"{SETTINGS}/mixed/layout/kind"]["codes"] = {
        "floating": "FLOAT_WINDOW", "screen-share": "SCREEN", "grid": "NINE_GRID"}  # fmt: skip
    fields[f"{SETTINGS}/media"]["codes"] = {"audio-video": "both", "audio": "audio_only", "video": "video_only"}
    fields[f"{SETTINGS}/maxIdleTime"]["unit"] = "1ms"
    fields[f"{SETTINGS}/maxFileDuration"]["unit"] = "1s"
    fields[f"{SETTINGS}/mixed/video/gop"]["unit"] = "1ms"
    fields[f"{SETTINGS}/storage/vod/retention"] |= {"unit": "1h", "forever": -1}
    for name in ("width", "height"):
        fields[f"{SETTINGS}/mixed/video/{name}"]["as"] = "text"
    return document


def _snake(place: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", place).lower()


def flat() -> Document:
    """No nesting in answers and another in requests, everything in one write: switches as words or the other way
    round, lists and numbers as text, another code where nothing is chosen, a list by page and as text."""
    document = _base("flat")
    document["sdkAppId"] = "BizId"
    document["list"] |= {"action": "SearchBiz", "items": "List", "id": "BizId", "name": "BizName"}
    document["list"]["page"] = {"number": "PageIndex", "limit": "PageSize", "size": 20, "total": "Total"}
    document["read"] = {"action": "GetBiz", "grade": "assumed", "name": "BizName", "generation": "RecordEdition"}
    document["writes"] = {
        "all": {"action": "SetBiz", "grade": "assumed", "at": "Setting", "carries": [
            "/recording/enabled", "/recording/settings", "/recording/mode"]},
    }  # fmt: skip
    for path, entry in document["fields"].items():
        entry["sent"] = entry["at"].removeprefix("Template/")
        entry["at"] = "Record" + entry["at"].replace("/", "")
        wire = CONSOLE_WIRE[path]
        if isinstance(wire.codec, (Count, Number)) and "video" in path:
            entry["as"] = "text"
    fields = document["fields"]
    fields["/recording/enabled"]["codes"] = {"true": "on", "false": "off"}
    fields["/recording/mode"]["codes"] = {"auto": False, "manual": True}
    fields[f"{SETTINGS}/formats"]["as"] = "text"
    fields[f"{SETTINGS}/single/merge"]["codes"] = {"true": "1", "false": "0"}
    fields[f"{SETTINGS}/single/fill"]["codes"] = {"last-frame": False, "black": True}
    fields[f"{SETTINGS}/mixed/layout/kind"]["codes"] = {"floating": 30, "screen-share": 20, "grid": 10}
    vendor = fields[f"{SETTINGS}/storage/vendor"]
    del vendor["implied"]
    vendor |= {"at": "RecordStoreKind", "sent": "StorageParams/Kind", "codes": {"vod": 0, "cos": 1, "s3": 2}}
    fields[f"{SETTINGS}/mixed/audio/sampleRate"]["codes"] = {"48kHz": "48K", "44.1kHz": "44.1K", "16kHz": "16K"}
    fields[f"{SETTINGS}/mixed/audio/bitrate"]["unit"] = "1kbps"
    fields[f"{SETTINGS}/storage/vod/retention"] |= {"unit": "1h", "forever": 999999}
    for word in ("cos", "s3"):
        fields[f"{SETTINGS}/storage/{word}/prefix"]["as"] = "text"
    return document


SCRAMBLED = {"renamed": renamed, "units": other_units, "codes": other_codes, "template": own_template}
UNTOLD = {"snake": snake_case, "flat": flat}
"""Written by somebody who had not read the learner."""


def write(folder: Path, document: Document) -> str:
    """The binding's file below `folder`, as `console.binding` names it."""
    path = folder / "bindings" / f"{document['name']}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")  # JSON is YAML in which every text is quoted
    return f"bindings/{document['name']}.yaml"
