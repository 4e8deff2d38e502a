"""Several applications of an environment, and where each of them stores."""

from __future__ import annotations

import pytest

from provisioner.archive.files import cos
from provisioner.archive.files.bucket import BucketStorage
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.listing import list_files
from provisioner.archive.files.recorded import Query
from provisioner.archive.files.storages import storage_of
from provisioner.archive.files.vod import VodStorage
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents.environment import Environment
from tests.archive.support import APP, OTHER, stored
from tests.project import Project

COS = "{vendor: cos, cos: {bucket: recordings-1, region: ap-guangzhou, accessKeyRef: env:A, secretKeyRef: env:B}}"


@pytest.fixture
def recorded(project: Project) -> Project:
    """Calls of three applications."""
    project.run("plan", "dev")
    with project.console("dev") as state:
        state.media.add([stored(f"{APP}_1_1.mp4"), stored(f"{OTHER}_2_1.mp4"), stored("20001003_3_1.mp4")])
    return project


def names(project: Project, environment: Environment, *wanted: str) -> list[str]:
    apps = [app for app in environment.applications if app.name in wanted]
    return [file.key for file in list_files(environment, apps, Query(), project.root, {})]


def classroom_stores_in_cos(project: Project) -> Environment:
    line = "template: classroom@v1"
    project.edit("environments/dev/apps/classroom.yaml", line, f"{line}\n  settings: {{storage: {COS}}}")
    return project.environment("dev")


def test_applications_that_share_a_storage_are_listed_together(recorded: Project) -> None:
    found = names(recorded, recorded.environment("dev"), "video-call", "classroom")
    assert sorted(found) == [f"{APP}_1_1.mp4", f"{OTHER}_2_1.mp4"]


def test_the_storage_is_that_of_the_spec(project: Project) -> None:
    by_name = {app.name: storage_of(app) for app in classroom_stores_in_cos(project).applications}
    assert by_name["video-call"] == VodStorage(1500000010)
    assert by_name["classroom"] == BucketStorage(cos.VENDOR, "recordings-1", "ap-guangzhou", "", "env:A", "env:B")
    assert [str(by_name[name]) for name in ("video-call", "classroom")] == [
        "VOD application 1500000010",
        "COS bucket recordings-1 in ap-guangzhou",
    ]


def test_a_storage_that_cannot_be_listed_does_not_hide_the_others(recorded: Project) -> None:
    environment = classroom_stores_in_cos(recorded)
    files = list_files(environment, environment.applications, Query(), recorded.root, {})
    assert {next(files).key, next(files).key} == {f"{APP}_1_1.mp4", "20001003_3_1.mp4"}
    with pytest.raises(IncompleteListingError, match="the secret env:A is not set") as caught:
        next(files)
    assert caught.value.missing == "all files of COS bucket recordings-1 in ap-guangzhou"
    with pytest.raises(ProvisionerError, match="the secret env:A is not set"):
        names(recorded, environment, "classroom")
