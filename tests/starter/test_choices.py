"""What somebody decides who starts a repository is inert wherever it is written."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import UsageError
from provisioner.starter.choices import Choices, environments, tier
from provisioner.starter.tool_requirement import ToolRequirement

TOOL = ToolRequirement("trtc-recording==0.1.0", pinned=False)


def choices(owner: str = "@acme/platform", folder: str = "") -> Choices:
    return Choices(folder, ("dev", "prod"), "embedded", "intl", owner, None, TOOL)


def test_names_are_read_in_their_order() -> None:
    assert environments("dev, staging,prod") == ("dev", "staging", "prod")


@pytest.mark.parametrize("text", ["", "dev,,prod", "dev,dev", "Dev", "../dev", "dev prod", "a" * 64, "dév", "dev\nqa"])
def test_what_is_no_list_of_names_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="environment"):
        environments(text)


@pytest.mark.parametrize("owner", ["acme", "@", "@acme/x @mallory", "@acme\n* @mallory", '@acme"', "@acme/${{x}}"])
def test_an_owner_is_one_name(owner: str) -> None:
    with pytest.raises(UsageError, match="no owner"):
        choices(owner)


@pytest.mark.parametrize("folder", ["infra/$(id)", "a'b", "a\nb", "x}}", "-\u2028"])
def test_a_folder_that_a_workflow_cannot_name_is_refused(folder: str) -> None:
    with pytest.raises(UsageError, match="folder"):
        choices(folder=folder)


def test_tiers_go_by_name() -> None:
    assert [tier(name) for name in ("dev", "qa", "prod", "production")] == [
        "development",
        "staging",
        "production",
        "production",
    ]
    assert choices(folder="infra/live streaming").production == ("prod",)
