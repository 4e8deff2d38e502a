"""What the page's script must know of a binding: which controls there are, and how requests and answers are built."""

from __future__ import annotations

from typing import Any

from provisioner.console.learning.matching import spelt
from provisioner.console.tencent.binding import Binding, FieldPlace
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.paths import short
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Words
from provisioner.recording.wire_codecs import (
    MILLISECOND,
    AsText,
    Codec,
    CodeList,
    Codes,
    Count,
    FolderList,
    Number,
    WordList,
)

Json = dict[str, Any]

_GROUPS = {
    "single": "Single streams",
    "mixed": "Mixed stream",
    "mixed.layout": "Layout",
    "mixed.video": "Picture",
    "mixed.audio": "Sound",
    "storage": "Storage",
    "storage.vod": "Storage in VOD",
    "storage.cos": "Storage in COS",
    "storage.s3": "Storage in S3",
    "callback": "Callback",
}


_UNITS = {
    MILLISECOND: "milliseconds",
    "1s": "seconds",
    "1m": "minutes",
    "1h": "hours",
    "1d": "days",
    "1bps": "bit/s",
    "1kbps": "kbit/s",
}


def page_model(binding: Binding) -> Json:
    """The script's data: actions, writes, and a control for every field of the binding."""
    template = binding.template
    return {
        "service": binding.service,
        "version": binding.version,
        "sdkAppId": binding.sdk_app_id,
        "idAsText": binding.id_as_text,
        "list": {
            "action": binding.listing.action,
            "items": binding.listing.items,
            "id": binding.listing.id,
            "name": binding.listing.name,
            "begin": binding.listing.page.begin,
            "limit": binding.listing.page.limit,
            "first": binding.listing.page.first,
        },
        "read": {"action": binding.reading.action, "name": binding.reading.name, "fields": binding.reading.fields},
        "template": template
        and {"action": template.action, "id": template.id, "as": template.request, "fields": template.fields},
        "writes": [
            {"action": w.action, "carries": list(w.carries), "at": w.at, "templateId": w.template_id}
            for w in binding.writes
        ],
        "fields": [_field(path, place) for path, place in binding.places.items()],
    }


def groups(model: Json) -> list[tuple[str, list[Json]]]:
    """The template's controls by card, in the order of the field table."""
    found: dict[str, list[Json]] = {}
    for field in model["fields"]:
        if field["path"].startswith(SETTINGS):
            block = short(field["path"]).rpartition(".")[0]
            found.setdefault(_GROUPS.get(block, block or "Recording template"), []).append(field)
    return list(found.items())


def _field(path: str, place: FieldPlace) -> Json:
    words = path.rpartition("/")[2].removesuffix("Ref")
    label = "".join(f" {char.lower()}" if char.isupper() else char for char in words).capitalize()
    field: Json = {
        "path": path,
        "id": short(path).replace(".", "-"),
        "label": label,
        "setting": path.startswith(SETTINGS),
        "at": place.at,
        "sent": place.sent or place.at,
        "shown": place.shown,
        "vendor": place.vendor,
        "implied": dict(place.implied or {}),
        "unit": None,
        "note": "",
        **_coding(place.codec, path),
    }
    if not place.shown:
        field |= {"control": "secret", "note": "never shown; a save without it takes it away"}
    return field


def _coding(codec: Codec, path: str) -> Json:
    as_text = isinstance(codec, AsText)
    inner = codec.inner if isinstance(codec, AsText) else codec
    coding: Json = {"asText": as_text, "codes": None}
    if isinstance(inner, Count):
        one = MILLISECOND if inner.per > 1 else str(Quantity(inner.dimension, inner.unit))
        ever = f"; {inner.forever} is for ever" if inner.forever is not None else ""
        return {
            **coding,
            "control": "number",
            "wire": "number",
            "unit": inner.unit / inner.per,
            "note": f"in {_UNITS.get(one, one)}{ever}",
        }
    if isinstance(inner, Number):
        return {**coding, "control": "number", "wire": "number"}
    if isinstance(inner, (WordList, CodeList)):
        words = inner.order if isinstance(inner, WordList) else tuple(inner.words)
        codes = [[word, word if isinstance(inner, WordList) else inner.words[word]] for word in words]
        return {
            **coding,
            "control": "choices",
            "wire": "list",
            "separator": ",",
            "options": list(words),
            "codes": codes,
        }
    if isinstance(inner, Codes):
        kind = FIELDS[path].kind
        if isinstance(kind, Words):
            whole = [
                ["+".join(word) if isinstance(word, tuple) else spelt(word), code] for word, code in inner.words.items()
            ]
            return {**coding, "control": "choices", "wire": "whole", "options": list(kind.choices), "codes": whole}
        codes = [[spelt(word), code] for word, code in inner.words.items() if word != "custom"]
        options = [word for word, _ in codes]
        return {**coding, "control": "choice", "wire": "codes", "options": options, "codes": codes}
    return {**coding, "control": "text", "wire": "folders" if isinstance(inner, FolderList) else "text"}
