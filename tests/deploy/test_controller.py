"""The controller's image, compose file and manifests: what must hold of ours. Nothing here builds or applies them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from provisioner import __version__
from provisioner.cli.controller import command
from provisioner.controller.app import create_app
from provisioner.controller.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/controller"
IMAGE = f"registry.example.com/acme/trtc-controller:{__version__}"
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8")
APPLIED = yaml.safe_load((FOLDER / "kubernetes/kustomization.yaml").read_text("utf-8"))["resources"]
OBJECTS = [found for file in APPLIED for found in yaml.safe_load_all((FOLDER / "kubernetes" / file).read_text("utf-8"))]
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = (each for each in OBJECTS if each["kind"] == kind)
    assert isinstance(found, dict)
    return found


def pods() -> list[dict[str, Any]]:
    return [of_kind(kind)["spec"]["template"]["spec"] for kind in ("Deployment", "Job")]


DEPLOYED = of_kind("Deployment")["spec"]["template"]
(CONTAINER,) = DEPLOYED["spec"]["containers"]


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run([hadolint, FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_has_locked_libraries_and_ends_as_nobody_special() -> None:
    copied = re.findall(r"requirements/\S+\.txt", DOCKERFILE)
    assert [path for path in copied if not (ROOT / path).is_file()] == []
    for line in DOCKERFILE.splitlines():
        if "--requirement" in line:
            assert "--require-hashes" in line
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["1000:1000"]
    assert f"--tag {IMAGE} " in DOCKERFILE
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {".*", "*.env", "dist"} <= set(ignored)


def test_the_lock_holds_all_that_the_controller_imports() -> None:
    """Libraries that the lock does not name are not there when it starts."""
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/controller.txt").read_text(), re.MULTILINE))
    assert {"sqlalchemy", "psycopg", "starlette", "uvicorn", "prometheus-client"} <= locked
    absent = ["pulumi", "grpc", "boto3", "botocore", "matplotlib", "github", "gitlab", "junitparser", "google"]
    code = (
        f"import sys\nsys.modules.update(dict.fromkeys({absent}))\n"
        "import provisioner.cli.main, provisioner.cli.controller, provisioner.controller.serve\n"
        "import provisioner.controller.store.opening, provisioner.controller.store.postgres\n"
        "import provisioner.console.drivers, provisioner.simulator.server\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_every_file_is_applied_every_object_has_its_namespace_and_none_is_a_secret() -> None:
    assert {*APPLIED, "kustomization.yaml"} == {file.name for file in (FOLDER / "kubernetes").iterdir()}
    namespaces = {each["metadata"].get("namespace") for each in OBJECTS if each["kind"] != "Namespace"}
    assert namespaces == {of_kind("Namespace")["metadata"]["name"]}
    assert "Secret" not in {each["kind"] for each in OBJECTS}


@pytest.mark.parametrize("pod", pods(), ids=["deployment", "job"])
def test_pods_are_restricted_and_run_this_version(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert container["image"] == IMAGE
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "memory" in container["resources"]["limits"]
    (database,) = container["env"]
    assert (database["name"], "secretKeyRef" in database["valueFrom"]) == ("DATABASE_URL", True)


def test_a_version_migrates_once() -> None:
    assert of_kind("Job")["metadata"]["name"].endswith(f"-{__version__}")


def arguments() -> list[list[str]]:
    (job,) = of_kind("Job")["spec"]["template"]["spec"]["containers"]
    composed = [COMPOSE["services"][name]["command"] for name in ("migrate", "controller")]
    return [CONTAINER["args"], job["args"], *composed]


@pytest.mark.parametrize("given", arguments(), ids=["deployment", "job", "compose-migrate", "compose"])
def test_the_command_line_is_one_that_there_is(given: list[str]) -> None:
    verb, name, *rest = given
    assert verb == "controller"
    called = command.commands[name]
    assert isinstance(called, click.Command)
    context = called.make_context(name, list(rest), resilient_parsing=False)
    assert context.params.get("host", "0.0.0.0") == "0.0.0.0"
    assert context.params["database"] == "env:DATABASE_URL"  # a password that is written out is refused


def test_probes_ask_for_what_there_is_and_a_database_that_is_down_restarts_nothing() -> None:
    routes = {route.path for route in create_app(object()).routes}  # type: ignore[arg-type,attr-defined]
    probes = {name: CONTAINER[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {probe["path"] for probe in probes.values()} <= routes
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert probes["liveness"]["path"] != probes["readiness"]["path"] == "/readyz"
    (port,) = CONTAINER["ports"]
    assert f"--port={port['containerPort']}" in CONTAINER["args"]
    assert DEPLOYED["metadata"]["annotations"]["prometheus.io/port"] == str(port["containerPort"])


def test_a_stop_has_the_time_it_needs() -> None:
    from provisioner.controller.serve import _GRACE_SECONDS

    (pause,) = CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1:]
    assert DEPLOYED["spec"]["terminationGracePeriodSeconds"] >= int(pause) + _GRACE_SECONDS + 8
    assert COMPOSE["services"]["controller"]["stop_grace_period"] == "30s"


def test_scaling_goes_by_a_metric_that_there_is_and_a_drain_leaves_one() -> None:
    scaler = of_kind("HorizontalPodAutoscaler")["spec"]
    (metric,) = scaler["metrics"]
    names = {family.name for family in Metrics().registry.collect()}
    assert metric["pods"]["metric"]["name"] in names
    assert scaler["scaleTargetRef"]["name"] == of_kind("Deployment")["metadata"]["name"]
    assert "replicas" not in of_kind("Deployment")["spec"]
    budget = of_kind("PodDisruptionBudget")["spec"]
    assert 0 < budget["minAvailable"] < scaler["minReplicas"]


def test_everything_selects_the_pods() -> None:
    labels = DEPLOYED["metadata"]["labels"]
    assert of_kind("Service")["spec"]["selector"] == labels
    assert of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert of_kind("Deployment")["spec"]["selector"]["matchLabels"] == labels


def test_compose_migrates_before_it_serves_and_answers_on_loopback_only() -> None:
    services = COMPOSE["services"]
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["controller"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert [port.rpartition(":")[0] for port in services["controller"]["ports"]] == ["127.0.0.1:8480"]
    assert "DATABASE_URL" in services["migrate"]["environment"].keys() & services["controller"]["environment"].keys()
    assert services["controller"]["image"] == f"trtc-controller:{__version__}"
    folder = services["controller"]["working_dir"].removesuffix("}").rpartition(":-/project/")[2]
    assert (ROOT / folder / "environments/dev/environment.yaml").is_file()
    assert (FOLDER / services["controller"]["build"]["context"]).resolve() == ROOT
