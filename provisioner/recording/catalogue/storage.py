"""Which storage files go to, and where events go: settings that belong to an environment.

What each storage has stands in `storages.py`.
"""

from __future__ import annotations

from provisioner.recording.catalogue.vocabulary import SECRET
from provisioner.recording.field import Field
from provisioner.recording.limits import LONGEST_CALLBACK_URL
from provisioner.recording.sources import API, CALLBACK_GUIDE
from provisioner.recording.storages import STORAGES, VENDOR_CODES
from provisioner.recording.value_types import Text, Word
from provisioner.recording.wire_codecs import Codes, String, Wire

_CALLED = [storage.called for storage in STORAGES.values()]

STORAGE = (
    Field(
        "/storage/vendor",
        Word(tuple(STORAGES)),
        f"Where files go: {', '.join(_CALLED[:-1])} or {_CALLED[-1]}. Only the block it names counts.",
        f"{API}: StorageParams",
        wire=Wire("CloudStorage.Vendor", Codes(VENDOR_CODES)),
    ),
)

CALLBACK = (
    Field(
        "/callback/url",
        Text(r"^https?://\S+$", "an http or https address", LONGEST_CALLBACK_URL),
        "Receives recording events.",
        CALLBACK_GUIDE,
        wire=Wire("console: callback address", String()),
    ),
    Field(
        "/callback/keyRef",
        SECRET,
        "Key that signs recording events, by reference; at most 32 letters and digits.",
        CALLBACK_GUIDE,
        secret=True,
        wire=Wire("console: callback key", String()),
    ),
)
