"""The example programs and the published schema, on the real engine with the language hosts that are there."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stack import ROOT, Stack, needs_host, needs_own_host, needs_pulumi

pytestmark = needs_pulumi

SCHEMA = ROOT / "provisioner/provider/schema.json"


def pulumi(*arguments: str) -> str:
    ran = subprocess.run(["pulumi", *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture
def example(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """One example in a copy of the tree around it."""
    stack = Stack.of_example(tmp_path, request.param)
    yield stack
    stack.end()


# Python programs run by Pulumi's own host where it is there, else by this package's.
EXAMPLES = [
    pytest.param("pulumi-python", id="python"),
    pytest.param("pulumi-yaml", marks=needs_host("yaml"), id="yaml"),
]


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_an_example_imports_applies_and_then_rests(example: Stack) -> None:
    preview = example.preview()
    assert (preview.code, preview.steps) == (0, {"video-call": ["import", "update"]}), preview.text
    assert "on the simulated console (.provisioner/example/console.sqlite)" in preview.told("info")
    assert any(text.startswith("recording.mode: start-recording") for text in preview.told("warning"))
    assert example.up().code == 0
    assert example.application(20001001).mode == "auto"
    second = example.up("--expect-no-changes")
    assert (second.code, second.steps) == (0, {"video-call": ["same"]}), second.text


def test_the_schema_is_valid() -> None:
    pulumi("schema", "check", str(SCHEMA))


@pytest.mark.parametrize(
    "language", [pytest.param(name, marks=needs_own_host(name)) for name in ("python", "nodejs", "go")]
)
def test_an_sdk_can_be_generated(tmp_path: Path, language: str) -> None:
    pulumi("package", "gen-sdk", str(SCHEMA), "--language", language, "--out", str(tmp_path))
    assert any((tmp_path / language).rglob("*ecording*onfiguration.*"))


def test_the_plugin_serves_its_schema() -> None:
    executable = ROOT / "provisioner/provider/pulumi-resource-trtc"
    assert '"trtc:index:RecordingConfiguration"' in pulumi("package", "get-schema", str(executable))
