"""docs/deploy.md: what it names is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from provisioner import __version__
from provisioner.provider.cli_install import VERSION
from tests.engine.stack import needs_pulumi

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/deploy.md").read_text("utf-8")
PACK = (ROOT / "deploy/policy/__main__.py").read_text("utf-8")


def test_links_lead_somewhere() -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", PAGE)]
    local = [link for link in links if link and "://" not in link]
    assert [link for link in local if not (ROOT / "docs" / link).exists()] == []


def test_versions_are_current() -> None:
    assert set(re.findall(r"(?:trtc-v|trtc_recording-|trtc-recording:|resource trtc )([0-9.]+[0-9])", PAGE)) == {
        __version__
    }
    assert f"On Pulumi {VERSION} " in PAGE


def test_the_table_lists_the_packs_policies_and_settings() -> None:
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*)\|$", PAGE, re.MULTILINE))
    assert list(listed) == re.findall(r'policy\(\s*"([a-z-]+)"', PACK)
    settings = [setting.strip() for setting in listed.values() if setting.strip()]
    defaults = [
        (name, default.strip('"').lower())
        for name, default in re.findall(r'\{"([a-z]+)": \{.*?"default": ([^}]+)\}', PACK)
    ]
    assert settings == [
        f"`{name}`, `{default}`" if default == "@" else f"`{name}`, {default}" for name, default in defaults
    ]


@needs_pulumi
@pytest.mark.parametrize("command", ["deployment settings edit", "plugin install", "preview", "stack init"])
def test_the_cli_knows_every_flag(command: str) -> None:
    known = subprocess.run(["pulumi", *command.split(), "--help"], capture_output=True, text=True, check=True)
    shown = re.findall(rf"pulumi {command}((?: .*\\\n)*.*)", PAGE)
    flags = {flag for text in shown for flag in re.findall(r"--[a-z-]+", text)}
    assert flags
    assert {flag for flag in flags if flag not in known.stdout} == set()
