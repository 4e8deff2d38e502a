"""`prices:` in an environment, and the file that it names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from provisioner.foundation.errors import Location
from provisioner.recording.minutes import MinuteKind
from provisioner.specs.workspace import SpecErrors
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"
LIST = """\
apiVersion: recording/v1
kind: Prices
currency: USD
basis: task
source: a list
date: 2026-11-01
per1000Minutes:
  mixed: {audio: 1.49, hd: 5.99, 2k: 23.99}
"""


def named(project: Project, text: str | None, file: str = "prices/intl.yaml") -> None:
    project.edit(ENVIRONMENT, "settings:", f"prices: {file}\nsettings:")
    if text is not None:
        project.write(file, text)


@pytest.mark.parametrize("file", ["prices/intl.yaml", "prices.yaml"])
def test_the_list_is_typed_and_knows_its_file(project: Project, file: str) -> None:
    named(project, LIST, file)
    prices = project.environment("dev").prices
    assert prices is not None
    assert prices.rates == {
        MinuteKind("mixed", "Audio"): Decimal("1.49"),
        MinuteKind("mixed", "HD"): Decimal("5.99"),
        MinuteKind("mixed", "2K"): Decimal("23.99"),
    }
    assert (prices.currency, prices.basis, prices.source) == ("USD", "task", "a list")
    assert (prices.dated, prices.where) == (date(2026, 11, 1), Location(file))
    assert project.environment("prod").prices is None


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [
        (
            "basis: task",
            "basis: stream",
            [
                "4:8: REC011 basis is stream, but a minute on the site intl counts the recording task once "
                "(billing pages); take the list of that site"
            ],
        ),
        ("2026-11-01", "2026-11-31", ["6:7: REC011 date takes a day as YYYY-MM-DD, and there is no 2026-11-31"]),
        ("hd: 5.99", "hd: -1", ["8:28: REC011 per1000Minutes.mixed.hd takes 0 to 1000000, not -1"]),
        ("hd: 5.99", "hd: cheap", ['8:28: REC011 per1000Minutes.mixed.hd takes a number, not "cheap"']),
        (
            "hd: 5.99",
            "8k: 9",
            ['8:24: REC010 per1000Minutes.mixed has no key "8k"; it takes audio, sd, hd, fhd, 2k, 4k'],
        ),
        ("source: a list\n", "", ["1:1: REC012 the document needs the key source"]),
        ("USD", "dollars", ['3:11: REC011 currency does not take "dollars": ISO 4217 code, such as USD.']),
    ],
)
def test_mistakes_are_told_at_their_place(project: Project, old: str, new: str, errors: list[str]) -> None:
    assert LIST.count(old) == 1
    named(project, LIST.replace(old, new))
    with pytest.raises(SpecErrors) as caught:
        project.environment("dev")
    assert str(caught.value).splitlines() == [f"prices/intl.yaml:{error}" for error in errors]
    assert project.run("validate").code == 1


def test_of_another_kind_of_file_nothing_is_shown(project: Project) -> None:
    named(project, LIST.replace("kind: Prices", "kind: Template"))
    with pytest.raises(SpecErrors) as caught:
        project.environment("dev")
    told = "prices: prices/intl.yaml does not say kind: Prices; nothing else of it is looked at"
    assert str(caught.value) == f"environments/dev/environment.yaml:9:9: REC011 {told}"


def test_all_mistakes_are_told_at_once(project: Project) -> None:
    named(project, LIST.replace("task", "stream").replace("2026-11-01", "2026-02-30"))
    with pytest.raises(SpecErrors) as caught:
        project.environment("dev")
    assert [str(finding.where) for finding in caught.value.findings] == ["prices/intl.yaml:4:8", "prices/intl.yaml:6:7"]


def test_a_file_that_is_not_there_is_told_where_it_is_named(project: Project) -> None:
    named(project, None)
    with pytest.raises(SpecErrors) as caught:
        project.environment("dev")
    assert str(caught.value) == f"{ENVIRONMENT}:9:9: REC011 prices: there is no file prices/intl.yaml"


@pytest.mark.parametrize("file", ["../prices.yaml", "/etc/prices.yaml", "prices.txt", "a/../p.yaml"])
def test_a_list_lies_in_the_project(project: Project, file: str) -> None:
    named(project, None, file)
    assert f'{ENVIRONMENT}:9:9: REC011 prices does not take "{file}"' in project.run("validate").out


def test_a_link_that_leaves_the_project_is_refused(project: Project) -> None:
    named(project, None, "prices.yaml")
    (project.root / "prices.yaml").symlink_to("/etc/hostname")
    assert "prices.yaml:1:1: REC002 is a link that leaves the project" in project.run("validate").out
