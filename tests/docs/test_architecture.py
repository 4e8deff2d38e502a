"""docs/architecture.md lists the rooms that there are, in their order."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
HOUSE = ROOT / "provisioner"


def test_the_rooms_are_those_of_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    order = project["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [layer for layer in reversed(order) if not layer.startswith("(")]
    listed = re.findall(r"^\| `provisioner/(\w+)(?:/|\.py)` \|", PAGE, re.MULTILINE)
    assert listed == rooms


def test_every_sub_room_is_listed_and_there() -> None:
    rows = re.findall(r"^\| ((?:`(?!provisioner)\w+/[\w/]+/`(?:, )?)+) \|", PAGE, re.MULTILINE)
    listed = sorted(name for row in rows for name in re.findall(r"`([\w/]+)/`", row))
    packages = sorted(init.parent.relative_to(HOUSE).as_posix() for init in HOUSE.glob("*/*/__init__.py"))
    assert listed == packages
