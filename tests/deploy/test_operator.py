"""The operator's manifests: what must hold of ours, whatever its CRDs allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner import __version__

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/operator"
STACKS = ("dev", "prod")
CLUSTER_WIDE = {"Namespace", "ClusterRoleBinding"}


def _manifests() -> list[Any]:
    files = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"]
    return [document for file in files for document in yaml.safe_load_all((FOLDER / file).read_text("utf-8"))]


def _stack(name: str) -> Any:
    (spec,) = [
        found["spec"] for found in _manifests() if found["kind"] == "Stack" and found["metadata"]["name"] == name
    ]
    return spec


def test_every_file_is_applied_and_every_object_has_its_namespace() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"]
    assert sorted([*listed, "kustomization.yaml"]) == sorted(file.name for file in FOLDER.iterdir())
    namespaces = {found["metadata"].get("namespace") for found in _manifests() if found["kind"] not in CLUSTER_WIDE}
    assert namespaces == {"trtc-recording"}


def test_there_is_a_stack_for_each_environment() -> None:
    stacks = [found["spec"]["stack"] for found in _manifests() if found["kind"] == "Stack"]
    assert sorted(stacks) == sorted(file.parent.name for file in ROOT.glob("environments/*/environment.yaml"))


@pytest.mark.parametrize("name", STACKS)
def test_what_comes_from_a_secret_is_a_reference(name: str) -> None:
    spec = _stack(name)
    literal = {key: ref["literal"]["value"] for key, ref in spec["envRefs"].items() if ref["type"] == "Literal"}
    assert literal == {"PULUMI_RUN_PROGRAM": "true"}
    assert {ref["type"] for key, ref in spec["envRefs"].items() if key not in literal} == {"Secret"}
    assert "Secret" not in {found["kind"] for found in _manifests()}
    # One environment's credentials are never another's.
    assert {ref["secret"]["name"].rpartition("-")[2] for ref in spec["envRefs"].values() if "secret" in ref} == {name}


@pytest.mark.parametrize("name", STACKS)
def test_pods_are_restricted_and_run_this_version(name: str) -> None:
    workspace = _stack(name)["workspaceTemplate"]["spec"]
    assert workspace["securityProfile"] == "restricted"
    assert workspace["image"].endswith(f"/trtc-recording:{__version__}")
    assert _stack(name)["destroyOnFinalize"] is False
