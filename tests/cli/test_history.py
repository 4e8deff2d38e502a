"""What of a journal is shown: by application, owner, day and person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project import Project


def names(document: Any) -> set[str]:
    return {entry["name"] for entry in document if "name" in entry}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["dev"], {"classroom", "video-call"}),
        (["dev/video-*"], {"video-call"}),
        (["dev", "--owner", "@acme/education"], {"classroom"}),
        (["dev", "--since", "2000-01-01"], {"classroom", "video-call"}),
        (["dev", "--since", "2999-01-01"], set()),
        (["dev", "--who", "nobody-of-this-name"], set()),
        (["dev/support-desk"], set()),
    ],
)
def test_history_is_narrowed(project: Project, arguments: list[str], shown: set[str]) -> None:
    project.run("apply", "dev", "--yes")
    assert names(project.json("history", *arguments)) == shown
    told = project.run("history", *arguments).out
    assert {name for name in ("classroom", "video-call") if name in told} == shown


def test_somebody_is_found_by_a_part_of_the_name(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    who = project.json("history", "dev")[0]["who"]
    assert names(project.json("history", "dev", "--who", who[:3].upper())) == {"classroom", "video-call"}


def test_a_day_is_a_day(project: Project) -> None:
    refused = project.run("history", "dev", "--since", "yesterday")
    assert (refused.code, refused.err) == (1, '--since takes a day as YYYY-MM-DD, not "yesterday"\n')
