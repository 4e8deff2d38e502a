"""The public pages that this project rests on, by the name that entries, rules and findings give them."""

from __future__ import annotations

from dataclasses import dataclass

GUIDE = "TUICallKit cloud recording"
"""trtc.io/document/51001: how a call application should be recorded. Where pages conflict, this one decides."""

ON_CLOUD = "on-cloud recording guide"
"""trtc.io/document/45169, of the international site."""

ON_CLOUD_CHINESE = "Chinese on-cloud recording guide"
"""cloud.tencent.com/document/product/647/76497 as it stands today."""

ON_CLOUD_2022 = "Chinese on-cloud recording guide of 2022"
"""An older copy of the same page, which says more about automatic recording."""

SETTINGS_GUIDE = "recording guide trtc.io/document/60094"
"""Of the international site; how automatic and manual recording differ."""

CONSOLE_GUIDE = "console guide: function configuration"
"""trtc.io/document/39080: enabling recording, its two types, and when a change takes effect."""

CALLBACK_GUIDE = "callback guide"
"""trtc.io/document/54914 (recording events) and trtc.io/document/39558 (addresses, keys, signatures)."""

CALL_WEBHOOKS = "TUICallKit webhooks over REST"
"""trtc.io/document/68938 (set), 68937 (query) and 80345 (events)."""

API = "API reference"
"""trtc.io/document/36760 (data types) and the classes of tencentcloud-sdk-python-trtc, version 2019-07-22."""

TEMPLATE_PROXY = f"{API}: McuRecordParams"
"""Its documentation maps its members to the console template's fields by name: the best public proxy there is."""

PRODUCT = "this tool"
"""Not the service's: how specs are written, paired and reviewed."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that an automatic recording may do: pages that `allow` it, and those that do not `know` it.

    `instead` is what the latter say. Without a page that allows it the option is illegal.
    """

    allow: tuple[str, ...]
    unknown_to: tuple[str, ...] = ()
    instead: str = ""

    @property
    def legal(self) -> bool:
        """Whether a page of the site allows it."""
        return bool(self.allow)
