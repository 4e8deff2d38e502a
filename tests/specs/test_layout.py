from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.specs import layout
from provisioner.specs.documents.kinds import KINDS


@pytest.mark.parametrize(
    ("path", "built"),
    [
        ("environments/dev/environment.yaml", layout.environment_file("dev")),
        ("environments/dev/embedded.yaml", layout.embedded_file("dev")),
        ("environments/dev/apps/video-call.yaml", layout.application_file("dev", "video-call")),
        ("environments/dev/observations/video-call.yaml", layout.observation_file("dev", "video-call")),
        ("templates/call/v12.yaml", layout.template_file("call@v12")),
        (".provisioner/dev", layout.state_folder(Path(), "dev").as_posix()),
    ],
)
def test_paths(path: str, built: str) -> None:
    assert built == path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("environments/dev/environment.yaml", "environment"),
        ("environments/dev/apps/a.yaml", "application"),
        ("environments/dev/promotions/20260131T120000Z-3141b8e6a0b4.yaml", "promotion"),
        ("templates/call/v1.yaml", "template"),
        ("templates/templates.lock", "lock"),
        ("environments/Dev/environment.yaml", None),
        ("environments/dev/apps/sub/a.yaml", None),
        ("environments/dev/apps/a.yml", None),
        ("templates/call/v01.yaml", None),
        ("templates/call/v1xyaml", None),
    ],
)
def test_the_place_of_a_file_tells_its_kind(path: str, kind: str | None) -> None:
    found = [name for name, known in KINDS.items() if known.place and known.place.holds(path)]
    assert found == ([kind] if kind else [])


def test_people_are_told_where_a_file_belongs() -> None:
    assert layout.APPLICATION_FILE.told == "environments/ENV/apps/NAME.yaml"
    assert layout.TEMPLATE_FILE.told == "templates/NAME/vN.yaml"
