"""The operator's manifests: what must hold of ours, whatever its CRDs allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner import __version__
from provisioner.provider.local_run import STACK_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/operator"
APPLIED = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"]
EXAMPLE = "program.yaml"
CLUSTER_WIDE = {"Namespace", "ClusterRoleBinding"}


def _objects(*files: str) -> list[Any]:
    return [found for file in files for found in yaml.safe_load_all((FOLDER / file).read_text("utf-8"))]


def _stacks(*files: str) -> dict[str, Any]:
    return {found["metadata"]["name"]: found["spec"] for found in _objects(*files) if found["kind"] == "Stack"}


STACKS = _stacks(*APPLIED, EXAMPLE)


def test_every_file_is_applied_but_the_example() -> None:
    assert {*APPLIED, EXAMPLE, "kustomization.yaml"} == {file.name for file in FOLDER.iterdir()}


def test_every_object_has_its_namespace_and_none_is_a_secret() -> None:
    found = _objects(*APPLIED, EXAMPLE)
    namespaces = {each["metadata"].get("namespace") for each in found if each["kind"] not in CLUSTER_WIDE}
    assert namespaces == {"trtc-recording"}
    assert "Secret" not in {each["kind"] for each in found}


def test_there_is_a_stack_for_each_environment() -> None:
    stacks = [spec["stack"] for spec in _stacks(*APPLIED).values()]
    assert sorted(stacks) == sorted(file.parent.name for file in ROOT.glob("environments/*/environment.yaml"))


@pytest.mark.parametrize("name", STACKS)
def test_what_is_secret_is_a_reference_to_a_secret_of_its_own(name: str) -> None:
    references = dict(STACKS[name]["envRefs"])
    for setting in STACK_SETTINGS:
        del references[setting]
    assert {(each["type"], each["secret"]["name"].rpartition("-")[2]) for each in references.values()} == {
        ("Secret", name)
    }


@pytest.mark.parametrize("name", STACKS)
def test_the_engine_is_told_what_make_tells_it(name: str) -> None:
    told = {key: each["literal"]["value"] for key, each in STACKS[name]["envRefs"].items() if each["type"] == "Literal"}
    assert told == STACK_SETTINGS


@pytest.mark.parametrize("name", STACKS)
def test_pods_are_restricted_run_this_version_and_destroy_nothing(name: str) -> None:
    workspace = STACKS[name]["workspaceTemplate"]["spec"]
    assert workspace["securityProfile"] == "restricted"
    assert workspace["image"].startswith("registry.example.com/acme/trtc-recording")
    assert workspace["image"].endswith(f":{__version__}")
    assert STACKS[name]["destroyOnFinalize"] is False


def test_the_example_runs_its_own_program() -> None:
    (program,) = [found for found in _objects(EXAMPLE) if found["kind"] == "Program"]
    (stack,) = _stacks(EXAMPLE).values()
    assert stack["programRef"] == {"name": program["metadata"]["name"]}
    assert stack["refresh"] is True
    assert program["program"]["resources"]["trtc"]["options"] == {"version": __version__}
