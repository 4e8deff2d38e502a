from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.specs.owners import PLACES, parse, read_owners

APP = "environments/prod/apps/video-call.yaml"


def owners(root: Path, text: str, place: str = "CODEOWNERS") -> tuple[tuple[str, ...], str]:
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text(text)
    read = read_owners(root)
    assert read
    names, where = read.of(APP)
    return names, str(where)


@pytest.mark.parametrize(
    ("text", "names", "line"),
    [
        ("* @all\n/environments/ @team/a me@example.com\n", ("@team/a", "me@example.com"), 2),
        ("/environments/ @team/a\n* @all\n", ("@all",), 2),
        ("*.yaml @team/a # ask @somebody\n", ("@team/a",), 1),
        ("# * @nobody\n\n*.yaml @team/a\n", ("@team/a",), 3),
        ("* @all\n/environments/prod/\n", (), 1),
        ("/environments/*/apps/video-call.yaml @team/a\n", ("@team/a",), 1),
        ("/environments/*/video-call.yaml @team/a\n", (), 1),
        ("/environments/**/video-call.yaml @team/a\n", ("@team/a",), 1),
        ("* @all\n[broken @team/a\n[z-a] @team/a\n", ("@all",), 1),
        ("[Live] @live\n*.yaml\n*.md @docs\n", ("@live",), 2),
        ("* @all\n\n^[Live][2] @live\nvideo-call.yaml\n[Other]\n*.md @x\n", ("@live", "@all"), 1),
        ("[Live] @live\n*.yaml @call\n", ("@call",), 2),
        ("with\\ space.yaml @x\n* @all", ("@all",), 2),
        ("", (), 1),
    ],
)
def test_who_owns_a_file(tmp_path: Path, text: str, names: tuple[str, ...], line: int) -> None:
    assert owners(tmp_path, text) == (names, f"CODEOWNERS:{line}:1")


def test_the_first_place_that_a_forge_looks_at_counts(tmp_path: Path) -> None:
    for place in reversed(PLACES):
        assert owners(tmp_path, f"* @{place}", place) == ((f"@{place}",), f"{place}:1:1")


def test_paths_begin_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "CODEOWNERS").write_text("/recording/environments/ @team/a\n/environments/ @team/b\n")
    (tmp_path / "recording").mkdir()
    read = read_owners(tmp_path / "recording")
    assert read
    assert read.of(APP)[0] == ("@team/a",)


def test_without_a_file_there_is_nothing_to_compare(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").mkdir()
    assert read_owners(tmp_path) is None


@given(st.text() | st.text(alphabet="[]^*?/\\!#@ab- \n", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    for sections in (True, False):
        list(parse(text, sections=sections).owning(APP))
