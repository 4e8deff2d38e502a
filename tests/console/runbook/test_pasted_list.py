"""A list of applications, however it was pasted."""

from __future__ import annotations

import io
import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.console.port import ListedApplication
from provisioner.console.runbook.pasted_list import MOST_BYTES, STDIN, read_list
from provisioner.foundation.errors import ProvisionerError

TWO = [ListedApplication(20_000_101, "video call"), ListedApplication(1_400_000_102, "class, room")]


@pytest.mark.parametrize(
    "text",
    [
        'SDKAppId,Name,Users\n20000101,video call,12\n1400000102,"class, room",7\n',
        'SDKAppId;Name\n20000101;video call\n1400000102;"class, room"\n',
        "Name\tSDKAppId\nvideo call\t20000101\nclass, room\t1400000102\n",
        "20000101 video call\n\n# a note\n1400000102\tclass, room\n",
        "video call 20000101\n1400000102 class, room\n",
        "\ufeff20000101 video call\r\n1400000102\tclass, room\r\n",
        "20000101   video call\r1400000102\tclass, room\r20000101 video call",
    ],
    ids=["csv", "semicolons", "tsv", "notes", "plain", "windows", "twice"],
)
def test_every_way_of_pasting_gives_the_same(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_list(path) == TWO
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert read_list(STDIN) == TWO


def test_a_name_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("20000101\n")
    assert read_list(path) == [ListedApplication(20_000_101, "")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "list: names no application"),
        (b"SDKAppId,Name\n", "list: names no application"),
        (b"\xff\xfe2\x000\x00", "list: is no UTF-8 text"),
        (b"20000101 a\n  nothing here\n", "list:2:3: no SDKAppId of 8 to 10 digits"),
        (b"14000O0001 a\n20000101 b\n", "list:1:1: no SDKAppId of 8 to 10 digits"),  # a letter: no heading
        (b"id\nname\n20000101 a\n", "list:2:1: no SDKAppId of 8 to 10 digits"),
        (b"20000101,a\n20000103, 20000104\n", "list:2:11: several SDKAppIds"),
        (b"20000101 a\n20000101 b\n", "list:2:1: SDKAppId 20000101 has another name above"),
        (b"20000101.0,a\n", "list:1:1: no SDKAppId of 8 to 10 digits"),
        (b"020000101,a\n", "list:1:1: no SDKAppId of 8 to 10 digits"),
        ("\uff12\uff10\uff10\uff10\uff10101 a\n".encode(), "list:1:1: no SDKAppId of 8 to 10 digits"),
        (b"20000101 " + b"a" * 200_000, "list:1:1: a line of 200,009 characters is none"),
        (b"#" * (MOST_BYTES + 1), "list: is larger than any list of applications"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_told_by_its_place(tmp_path: Path, text: bytes, told: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(text)
    with pytest.raises(ProvisionerError, match=re.escape(f"{tmp_path}/{told}")):
        read_list(path)


def test_what_never_ends_is_bounded_and_so_is_what_is_told() -> None:
    with pytest.raises(ProvisionerError, match="larger than any list"):
        read_list(Path("/dev/zero"))


def test_of_another_file_the_first_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("no list\n" * 1_000)
    with pytest.raises(ProvisionerError) as told:
        read_list(path)
    assert len(told.value.what.splitlines()) == 21
    assert told.value.what.endswith("and 979 more lines")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProvisionerError, match="cannot be read: No such file or directory"):
        read_list(tmp_path / "none")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    with suppress(ProvisionerError):
        assert all(10**7 <= one.sdk_app_id < 10**10 for one in read_list(path))
