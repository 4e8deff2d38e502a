"""A list of applications, however it was pasted."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.console.port import ListedApplication
from provisioner.console.runbook.pasted_list import read_list
from provisioner.foundation.errors import ProvisionerError

TWO = [ListedApplication(20_000_101, "video call"), ListedApplication(1_400_000_102, "class, room")]


@pytest.mark.parametrize(
    "text",
    [
        'SDKAppId,Name,Users\n20000101,video call,12\n1400000102,"class, room",7\n',
        "Name\tSDKAppId\nvideo call\t20000101\nclass, room\t1400000102\n",
        "20000101 video call\n\n# a note\n1400000102\tclass, room\n",
        "video call 20000101\nclass, room\t1400000102\n",
        "\ufeff20000101 video call\r\n1400000102\tclass, room\r\n",
    ],
)
def test_every_way_of_pasting_gives_the_same(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list"
    path.write_text(text, encoding="utf-8")
    assert read_list(path) == TWO


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "names no application"),
        (b"\xff\xfe", "no UTF-8"),
        (b"20000101 a\nnothing here\n", ":2: no SDKAppId"),
        (b"20000101,20000102\n20000103 a\n20000104,20000105\n", ":3: no SDKAppId"),
        (b"20000101 a\n20000101 b\n", ":2: SDKAppId 20000101 has another name above"),
    ],
)
def test_what_is_no_list_is_told_by_its_line(tmp_path: Path, text: bytes, told: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(text)
    with pytest.raises(ProvisionerError, match=told):
        read_list(path)
