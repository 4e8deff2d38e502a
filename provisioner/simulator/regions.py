"""Where actions can be called. The lists are those of each action's page in the API reference (read 2024 to 2026)."""

from __future__ import annotations

from provisioner.recording.limits import AUDIT_REGIONS
from provisioner.simulator.errors import ApiError, missing_parameter

KNOWN = frozenset(
    {
        "ap-bangkok",
        "ap-beijing",
        "ap-chengdu",
        "ap-chongqing",
        "ap-guangzhou",
        "ap-hongkong",
        "ap-jakarta",
        "ap-mumbai",
        "ap-nanjing",
        "ap-seoul",
        "ap-shanghai",
        "ap-singapore",
        "ap-tokyo",
        "eu-frankfurt",
        "na-ashburn",
        "na-siliconvalley",
        "na-toronto",
    }
)
"""Regions of the API's service addresses. Actions that no page describes are taken to work in all of them."""

RECORDING = frozenset({"ap-beijing", "ap-guangzhou", "ap-mumbai", "ap-shanghai", "ap-singapore"})
"""CreateCloudRecording and its companions."""

USAGE = frozenset({"ap-guangzhou", "ap-singapore"})
"""DescribeRecordingUsage."""

STATISTIC = frozenset({"ap-guangzhou"})
"""DescribeRecordStatistic."""

ROOMS = frozenset({"ap-beijing", "ap-guangzhou", "ap-mumbai", "ap-singapore", "na-toronto"})
"""DescribeRoomInfo."""

AUDIT = AUDIT_REGIONS
"""CloudAudit's DescribeEvents."""


def check(region: str | None, supported: frozenset[str] | None) -> None:
    """Whether a call from `region` reaches an action that lives in `supported`. Raises ApiError."""
    if supported is None:
        return
    if not region:
        raise missing_parameter("Region")
    if region not in KNOWN:
        raise ApiError(
            "InvalidParameterValue",
            "A value specified in `Region` is not valid, is unsupported, or cannot be used.",
        )
    if region not in supported:
        raise ApiError("UnsupportedRegion", "The action not support this region.")
