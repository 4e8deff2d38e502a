from __future__ import annotations

import pytest

from provisioner.specs.documents.digest import digest
from provisioner.specs.documents.lock import lock_text
from provisioner.specs.layout import LOCK
from provisioner.specs.workspace import SpecErrors
from provisioner.specs.yaml.reader import read
from tests.conftest import ROOT
from tests.project import Project


def test_the_shipped_lock_is_what_the_tool_writes_for_the_versions_that_production_pins() -> None:
    pins = {"call@v1": "templates/call/v1.yaml", "classroom@v1": "templates/classroom/v1.yaml"}
    digests = {pin: digest(read((ROOT / file).read_bytes(), file).plain()) for pin, file in pins.items()}
    assert (ROOT / LOCK).read_text("utf-8") == lock_text(digests)


def test_values_count_and_layout_does_not() -> None:
    def of(text: str) -> str:
        return digest(read(text.encode(), "v1.yaml").plain())

    assert of("a: 1\nb: {c: [x, z]}") == of("# a comment\nb:\n  c:\n    - x\n    - 'z'\na: 1\n")
    assert len({of("a: 1"), of("a: '1'"), of("a: 1.5"), of("a: true"), of("a: null"), of("a: [1]")}) == 6
    assert of("a: 1") == "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_versions_stand_in_their_order() -> None:
    lines = lock_text({"b@v1": "x", "a@v10": "x", "a@v2": "x"}).splitlines()
    assert lines[-3:] == ["  a@v2: x", "  a@v10: x", "  b@v1: x"]


def test_an_empty_lock_reads_back(project: Project) -> None:
    project.write(LOCK, lock_text({}))
    assert [finding.id for finding in project.environment("prod").findings].count("REC074") == 3


def test_without_a_lock_production_is_told(project: Project) -> None:
    (project.root / LOCK).unlink()
    assert [finding.id for finding in project.environment("prod").findings].count("REC074") == 3
    assert not [found for found in project.environment("dev").findings if found.path != "/site"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: TemplateLock", "kind: Lock", '3:7: REC011 kind takes TemplateLock, not "Lock"'),
        (
            "call@v1: sha",
            "call: sha",
            '5:3: REC010 templates does not take "call": A template version such as call@v1.',
        ),
        (
            "call@v1: sha256:3",
            "call@v1: sha256:x",
            '5:12: REC011 templates.call@v1 does not take "sha256:x141b8e6a0b482ceffc8a07051303f...": '
            "Digest of the template's content.",
        ),
        (
            "call@v1:",
            "call@v1: [",
            "5:12: REC001 is no YAML: a list that is not closed; write ], and commas between its entries",
        ),
    ],
)
def test_a_lock_that_cannot_be_read_stops_production_only(project: Project, old: str, new: str, expected: str) -> None:
    project.edit(LOCK, old, new)
    with pytest.raises(SpecErrors) as caught:
        project.environment("prod")
    assert str(caught.value) == f"{LOCK}:{expected}"
    assert not [found for found in project.environment("dev").findings if found.path != "/site"]
    assert project.run("validate").code == 1


def test_an_edited_version_stops_production_and_not_those_who_try_it_out(project: Project) -> None:
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    with pytest.raises(SpecErrors, match="REC073 call@v1 was edited after production pinned it"):
        project.environment("prod")
    assert not [found for found in project.environment("dev").findings if found.path != "/site"]
