"""`make release`: what keeps a release back, and the commands it prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from deploy import dist
from deploy import release as releasing
from provisioner import __version__
from tests.conftest import ROOT

READY = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-03-01

### Added

- One thing.

## [1.1.0] - 2026-02-01

- The first.
"""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--message", "One")
    return tmp_path


def test_the_tag_that_hooks_of_other_repositories_name_is_the_one_that_a_release_makes() -> None:
    (named,) = set(re.findall(r"rev: (v\S+)", (ROOT / "docs/editors.md").read_text("utf-8")))
    assert f"git tag --sign {named} " in releasing.commands(__version__, Path("dist"))[0]


def test_a_changelog_that_tells_of_the_release() -> None:
    assert list(releasing.check_changelog("1.2.0", READY)) == []
    assert releasing.sections(READY)["1.2.0"] == ("2026-03-01", "### Added\n\n- One thing.")


@pytest.mark.parametrize(
    ("version", "old", "new", "reason"),
    [
        ("1.2.0.dev1", "", "", "1.2.0.dev1 is no version to release"),
        ("1.2.0", "## [Unreleased]\n", "## [Unreleased]\n\n- Two.\n", '"Unreleased" holds entries'),
        ("1.2.0", "### Added\n\n- One thing.\n", "", 'no section "## [1.2.0] - YYYY-MM-DD" with entries'),
        ("1.2.0", " - 2026-03-01", "", 'no section "## [1.2.0] - YYYY-MM-DD" with entries'),
        ("1.3.0", "", "", 'no section "## [1.3.0] - YYYY-MM-DD" with entries'),
        ("1.1.0", "", "", "1.1.0 is not the newest section; raise __version__"),
    ],
)
def test_a_changelog_that_does_not(version: str, old: str, new: str, reason: str) -> None:
    assert reason in " ".join(releasing.check_changelog(version, READY.replace(old, new)))


def test_our_own_changelog_can_be_read_and_knows_this_version() -> None:
    found = releasing.sections((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert next(iter(found)) == "Unreleased"
    assert found[__version__][0] > "2026"
    days = [day for name, (day, _) in found.items() if name != "Unreleased"]
    assert days == sorted(days, reverse=True)


def test_a_tree_with_changes_and_a_version_that_is_taken(repository: Path) -> None:
    assert list(releasing.check_repository(repository, "1.2.0")) == []
    git(repository, "tag", "--annotate", "v1.2.0", "--message", "1.2.0")
    assert list(releasing.check_repository(repository, "1.2.0")) == []
    (repository / "file").write_text("two")
    assert "is not committed: file" in " ".join(releasing.check_repository(repository, "1.2.0"))
    git(repository, "commit", "--all", "--message", "Two")
    assert "the tag v1.2.0 is another commit" in " ".join(releasing.check_repository(repository, "1.2.0"))


def test_the_files_hold_the_package_and_its_description(release: Path) -> None:
    assert list(releasing.check_files(ROOT, sorted(release.iterdir()))) == []


def test_what_an_index_would_refuse() -> None:
    good = f"Metadata-Version: 2.4\nName: trtc-recording\nVersion: {__version__}\n"
    markdown = "Description-Content-Type: text/markdown\n\n# It\n"
    assert list(releasing.check_metadata((good + markdown).encode())) == []
    assert "no description" in " ".join(releasing.check_metadata(good.encode()))
    assert "version 9.9.9" in " ".join(
        releasing.check_metadata((good + markdown).replace(__version__, "9.9.9").encode())
    )
    assert list(releasing.check_metadata(b"Metadata-Version: 2.4\nName: -\n"))


def test_it_names_every_reason_and_publishes_nothing(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dist, "build", lambda folder: sorted(release.iterdir()))
    monkeypatch.setattr(releasing, "check_repository", lambda root, version: iter(()))
    monkeypatch.setattr("sys.argv", ["release", str(tmp_path)])
    monkeypatch.setattr(releasing, "check_changelog", lambda version, text: iter(["one", "two"]))
    assert releasing.main() == 1
    assert capsys.readouterr().out == f"{__version__} is not ready to be released:\n  one\n  two\n"
    monkeypatch.setattr(releasing, "check_changelog", lambda version, text: iter(()))
    assert releasing.main() == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == f"{tmp_path} holds {__version__}. Nothing was published; these commands do:"
    assert shown[1:] == [f"  {command}" for command in releasing.commands(__version__, tmp_path)]
    assert (tmp_path / "notes.md").read_text().startswith("### Added")
