"""A console's words are data, and a project corrects them."""

from __future__ import annotations

from importlib import resources

import pytest

from provisioner.console.grade import Grade
from provisioner.console.runbook.labels import labels_of, load
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from tests.project import Project

IDLE, LENGTH, KEEP = (f"{SETTINGS}/{name}" for name in ("maxIdleTime", "maxFileDuration", "storage/vod/retention"))


def seconds(amount: int | None) -> Quantity:
    return Quantity(Dimension.TIME, amount)


@pytest.mark.parametrize("name", ["cn", "intl"])
def test_a_shipped_page_knows_the_same_fields_as_the_default_binding(project: Project, name: str) -> None:
    from provisioner.console.tencent import binding

    labels = load(name, project.root)
    assert set(labels.labels) == set(binding.load("default", project.root).places)
    assert labels.application_grade is Grade.ASSUMED
    assert labels.address(20000101).endswith("/app/20000101")


@pytest.mark.parametrize(
    ("path", "value", "intl", "cn"),
    [
        ("/recording/mode", "auto", "on", "开启"),
        ("/recording/mode", "manual", "off", "关闭"),
        (IDLE, seconds(120), "120 seconds", "120 秒"),
        (LENGTH, seconds(7200), "120 minutes", "120 分钟"),
        (LENGTH, seconds(90), "90s", "90s"),  # no whole minutes: the spec's own words
        (KEEP, seconds(None), "Permanent", "永久"),
        (f"{SETTINGS}/formats", ("mp4", "hls"), "MP4, HLS", "MP4, HLS"),
        (f"{SETTINGS}/fileNamePrefix", None, "empty", "空"),
        (f"{SETTINGS}/mixed/layout/background", "#000000", "#000000", "#000000"),
    ],
)
def test_values_are_said_in_the_consoles_words_and_units(
    project: Project, path: str, value: Value | None, intl: str, cn: str
) -> None:
    assert load("intl", project.root).value(path, value) == intl
    assert load("cn", project.root).value(path, value) == cn


def test_an_environment_has_its_sites_page_unless_it_names_one(project: Project) -> None:
    shipped = resources.files("provisioner.console").joinpath("pages", "intl.yaml").read_text("utf-8")
    project.write(
        "pages/ours.yaml", shipped.replace("Recording wait time", "Idle time").replace("name: intl", "name: ours")
    )
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    assert labels_of(project.environment("prod"), project.root).label(IDLE).words == "Recording wait time"
    project.edit("environments/prod/environment.yaml", "{driver: runbook}", "{driver: runbook, page: pages/ours.yaml}")
    assert labels_of(project.environment("prod"), project.root).label(IDLE).words == "Idle time"


def test_a_field_that_a_page_lacks_goes_by_its_name(project: Project) -> None:
    text = resources.files("provisioner.console").joinpath("pages", "intl.yaml").read_text("utf-8")
    line = next(line for line in text.splitlines(keepends=True) if IDLE in line)
    project.write("pages/small.yaml", text.replace(line, ""))
    labels = load("pages/small.yaml", project.root)
    assert (labels.label(IDLE).words, labels.label(IDLE).grade) == ("maxIdleTime", Grade.ASSUMED)
    assert labels.value(IDLE, seconds(120)) == "2m"


def test_a_broken_page_is_told_at_its_place(project: Project) -> None:
    project.write("pages/broken.yaml", "apiVersion: page/v1\nkind: ConsolePage\nname: broken\nwy: [a]\n")
    with pytest.raises(ProvisionerError, match=r'pages/broken.yaml:4:1: REC010 the document has no key "wy" \(did you'):
        load("pages/broken.yaml", project.root)
    with pytest.raises(ProvisionerError, match="a name that ships with this tool \\(cn, intl\\)"):
        load("pages/none.yaml", project.root)
