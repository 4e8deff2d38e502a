from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from provisioner.foundation.errors import Location
from provisioner.foundation.git import GitError
from provisioner.specs.codeowners.owners import PLACES, owners_at, read_owners

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


SECTIONS = """\
* @everyone
[Live][2] @live
environments/
^[Advice] @docs
*.yaml
[live]
*.yaml @call @live @call
[Others]
*.md @docs
"""


def test_each_section_asks_for_its_own_people(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text(SECTIONS)
    read = read_owners(tmp_path)
    assert read
    assert [(group.owners, group.required, group.where.line) for group in read.groups(APP)] == [
        (("@call", "@live"), 2, 7),
        (("@docs",), 0, 5),
        (("@everyone",), 1, 1),
    ]


def test_a_section_leaves_out_what_it_excludes(tmp_path: Path) -> None:
    assert owners(tmp_path, "* @all\n[Live] @live\n*.yaml\n!environments/prod/\n*.yaml @call\n")[0] == ("@all",)


def test_github_knows_no_sections_and_no_exclusions(tmp_path: Path) -> None:
    text = "* @all\n^[Live][2] @live\n*.yaml\n*.yaml @call\n!*.yaml\n"
    assert owners(tmp_path, text, ".github/CODEOWNERS")[0] == ("@call",)


def test_owners_of_a_commit_are_read_from_git(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=kim", "-c", "user.email=kim@example.com")
        ran = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    git("init", "-q")
    workspace = tmp_path / "recording"
    workspace.mkdir()
    (tmp_path / "CODEOWNERS").write_text("/recording/environments/ @before\n")
    git("add", ".")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD")
    (tmp_path / "CODEOWNERS").write_text("* @after\n")
    then = owners_at(workspace, commit)
    assert then
    assert then.of(APP) == (("@before",), Location("CODEOWNERS"))
    git("rm", "-q", "--cached", "CODEOWNERS")
    git("commit", "-qm", "two")
    assert owners_at(workspace, git("rev-parse", "HEAD")) is None
    (tmp_path / ".gitlab").mkdir()
    (tmp_path / ".gitlab/CODEOWNERS").write_text("environments @nobody\nprod/apps/ @gitlab\n")
    git("add", ".gitlab")
    git("commit", "-qm", "three")
    then = owners_at(workspace, git("rev-parse", "HEAD"))
    assert then
    assert then.of(APP) == (("@gitlab",), Location(".gitlab/CODEOWNERS", 2))
    with pytest.raises(GitError):
        owners_at(workspace, "1" * 40)


def test_a_folder_with_a_blank_is_one_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "live streaming").mkdir()
    (tmp_path / "CODEOWNERS").write_text("* @acme/everybody\n/*/environments/prod/ @acme/prod-owners\n")
    read = read_owners(tmp_path / "live streaming")
    assert read
    assert read.of(APP) == (("@acme/prod-owners",), Location("CODEOWNERS", 2))


def test_a_folder_in_no_encoding_is_owned_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / os.fsdecode(b"caf\xff \xc3\xa9")
    folder.mkdir()
    (tmp_path / "CODEOWNERS").write_bytes(b"* @all\n/caf\xff\\ \xc3\xa9/ @x\n")
    read = read_owners(folder)
    assert read
    assert read.of(APP)[0] == ("@x",)


def test_a_file_that_is_too_large_owns_nothing_and_no_other_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CODEOWNERS").write_bytes(b"* @all\n" + b"#" * (3 << 20))
    (tmp_path / "CODEOWNERS").write_text("* @other\n")
    read = read_owners(tmp_path)
    assert read
    assert read.of(APP) == ((), Location(".github/CODEOWNERS"))


@pytest.mark.parametrize(
    ("variables", "places", "first"),
    [
        ({}, PLACES, ".github/CODEOWNERS"),
        ({"GITHUB_ACTIONS": "true"}, PLACES, ".github/CODEOWNERS"),
        ({"GITHUB_ACTIONS": "true"}, [".gitlab/CODEOWNERS"], None),
        ({"GITLAB_CI": "true"}, PLACES, "CODEOWNERS"),
        ({"GITLAB_CI": "true"}, [".github/CODEOWNERS", ".gitlab/CODEOWNERS"], ".gitlab/CODEOWNERS"),
        ({"GITLAB_CI": "true"}, [".github/CODEOWNERS"], None),
        ({"GITLAB_CI": "false"}, [".github/CODEOWNERS"], ".github/CODEOWNERS"),
    ],
)
def test_in_a_job_its_forges_file_counts(
    tmp_path: Path, variables: dict[str, str], places: list[str], first: str | None
) -> None:
    for place in places:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(f"* @{place.replace('/', '-')}")
    read = read_owners(tmp_path, variables)
    assert (read.file if read else None) == first


@pytest.mark.parametrize(
    ("files", "text", "job", "owned"),
    [
        (".github/CODEOWNERS", "prod/apps/ @x", "", False),
        (".gitlab/CODEOWNERS", "prod/apps/ @x", "", True),
        ("CODEOWNERS", "prod/apps/ @x", "", False),
        ("CODEOWNERS .gitlab-ci.yml", "prod/apps/ @x", "", True),
        ("docs/CODEOWNERS", "[Apps]\nprod/apps/ @x", "", True),
        ("docs/CODEOWNERS .github/workflows", "[Apps]\nprod/apps/ @x", "", False),
        ("CODEOWNERS", "prod/apps/ @x", "GITLAB_CI", True),
        ("CODEOWNERS .gitlab-ci.yml", "prod/apps/ @x", "GITHUB_ACTIONS", False),
        ("CODEOWNERS", "environments @x", "", True),
        ("CODEOWNERS", "environments @x", "GITLAB_CI", False),
    ],
)
def test_the_files_place_chooses_the_dialect_and_where_several_forges_look_something_else_tells(
    tmp_path: Path, files: str, text: str, job: str, owned: bool
) -> None:
    for file in reversed(files.split()):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    read = read_owners(tmp_path, {job: "true"})
    assert read
    assert read.of(APP)[0] == (("@x",) if owned else ())
