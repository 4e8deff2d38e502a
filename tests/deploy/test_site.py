"""The documentation as a site: it builds strictly, each command has a page, nothing is loaded from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from provisioner.cli.main import COMMANDS
from tests.conftest import ROOT


class Sources(HTMLParser):
    """What a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("script", "img", "iframe", "source") and found.get("src"):
            self.loaded.append(str(found["src"]))
        if tag == "link" and found.get("rel") in ("stylesheet", "preload", "preconnect", "icon"):
            self.loaded.append(str(found["href"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [str(Path(sys.executable).with_name("mkdocs")), "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def test_each_command_rule_setting_and_decision_has_its_place(site: Path) -> None:
    assert {page.stem for page in (site / "commands").glob("*.html")} == COMMANDS.keys()
    assert "--exit-code" in (site / "commands/plan.html").read_text("utf-8")
    assert 'id="rec052"' in (site / "rules.html").read_text("utf-8")
    assert "<code>maxIdleTime</code>" in (site / "settings.html").read_text("utf-8")
    decisions = {page.stem for page in (ROOT / "docs/decisions").glob("*.md")} - {"README"}
    assert decisions <= {page.stem for page in (site / "decisions").glob("*.html")}
    assert (site / "pictures/plan.svg").is_file()
    assert "recording/v1" in (site / "index.html").read_text("utf-8")  # the README


def test_nothing_is_loaded_from_outside_and_search_asks_nobody(site: Path) -> None:
    for page in site.rglob("*.html"):
        sources = Sources()
        sources.feed(page.read_text("utf-8"))
        assert [one for one in sources.loaded if re.match(r"(https?:)?//", one)] == [], page
    assert (site / "search/search_index.js").is_file()
