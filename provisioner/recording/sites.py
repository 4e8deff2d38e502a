"""Site profiles: what the China site and the international site let an automatic recording do, and who says so.

Pages disagree on this. Where the guide speaks, it decides; else the page that describes the site itself, else the
newest. An option that some page does not know stays legal and is worth a finding that names the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from provisioner.recording.minutes import Basis
from provisioner.recording.sources import (
    CONSOLE_GUIDE,
    GUIDE,
    ON_CLOUD,
    ON_CLOUD_2022,
    SETTINGS_GUIDE,
    TEMPLATE_PROXY,
    Option,
)
from provisioner.recording.storages import STORAGES


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `region` is the API's where nothing names another.

    `streams`, `formats` and `storage` are the options of its automatic template.

    A change takes effect for rooms created `effective_after` (earliest, latest) it was made, say the pages in
    `effective_by`.
    `billing` is what a recorded minute counts (billing pages). `unknown_to_rest` are the members (`Class.Member`) that
    this site's API description lacks and the other's has.
    """

    name: str
    endpoint: str
    region: str
    effective_after: tuple[timedelta, timedelta]
    effective_by: tuple[str, ...]
    billing: Basis
    streams: Mapping[str, Option]
    formats: Mapping[str, Option]
    storage: Mapping[str, Option]
    unknown_to_rest: frozenset[str] = frozenset()


MIXED, SINGLE, BOTH = "mixed streams", "single streams", "mixed and single streams together"

_SINGLE_ONLY = "single streams only"
_MP4_ONLY = "mp4 only"


def _storage(site: str) -> Mapping[str, Option]:
    return {word: storage.sites[site] for word, storage in STORAGES.items()}


_CN = Site(
    name="cn",
    endpoint="trtc.tencentcloudapi.com",
    region="ap-guangzhou",
    effective_after=(timedelta(minutes=5), timedelta(minutes=5)),
    effective_by=(ON_CLOUD_2022, CONSOLE_GUIDE),
    billing="stream",
    streams={
        MIXED: Option((GUIDE, ON_CLOUD_2022)),
        SINGLE: Option((ON_CLOUD_2022,)),
        BOTH: Option((ON_CLOUD_2022,)),
    },
    formats={
        "mp4": Option((ON_CLOUD_2022, TEMPLATE_PROXY)),
        "hls": Option((TEMPLATE_PROXY,), (ON_CLOUD_2022,), _MP4_ONLY),
        "aac": Option((TEMPLATE_PROXY,), (ON_CLOUD_2022,), _MP4_ONLY),
    },
    storage=_storage("cn"),
    unknown_to_rest=frozenset({"CloudStorage.EndpointUrl"}),
)

_INTL = Site(
    name="intl",
    endpoint="trtc.intl.tencentcloudapi.com",
    region="ap-singapore",
    effective_after=(timedelta(minutes=5), timedelta(minutes=10)),
    effective_by=(ON_CLOUD,),
    billing="task",
    streams={
        MIXED: Option((GUIDE,), (ON_CLOUD, SETTINGS_GUIDE), _SINGLE_ONLY),
        SINGLE: Option((ON_CLOUD, SETTINGS_GUIDE)),
        # Only the Chinese page has both in one template, and it describes the other site.
        BOTH: Option((), (ON_CLOUD, SETTINGS_GUIDE), _SINGLE_ONLY),
    },
    formats={
        "mp4": Option((ON_CLOUD, TEMPLATE_PROXY)),
        "hls": Option((ON_CLOUD, TEMPLATE_PROXY)),
        "aac": Option((ON_CLOUD, TEMPLATE_PROXY)),
    },
    storage=_storage("intl"),
    unknown_to_rest=frozenset({"WaterMarkChar.Font", "WaterMarkTimestamp.Font"}),
)

SITES: Mapping[str, Site] = MappingProxyType({site.name: site for site in (_CN, _INTL)})
"""Every site by the word that environments use."""
