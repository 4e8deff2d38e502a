"""`provisioner usage` on a console in which calls happened."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from tests.archive.history import CLASSROOM, VIDEO_CALL, days_ago, history, play
from tests.console.endpoint import answers, endpoint, refuses
from tests.project import Project
from tests.specs.documents.test_price_list import LIST

ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.fixture
def recorded(project: Project) -> Project:
    """Two days of calls, and one in the week before."""
    with history(project.root) as state:
        play(state, VIDEO_CALL, days_ago(2), 30)
        play(state, VIDEO_CALL, days_ago(1), 10, people=1, video=False)
        play(state, VIDEO_CALL, days_ago(9), 20)
        play(state, CLASSROOM, days_ago(2), 5)
    return project


def test_minutes_by_kind_and_day_with_totals_and_trend(recorded: Project) -> None:
    found = recorded.json("usage", "dev")
    video, classroom = (next(a for a in found["applications"] if a["sdkAppId"] == i) for i in (VIDEO_CALL, CLASSROOM))
    assert video["minutes"] == {"single": {}, "mixed": {"audio": 10.0, "hd": 30.0}}
    assert (video["total"], video["before"], video["complete"]) == (40.0, 20.0, True)
    assert video["days"][-2:] == [
        {"day": str(days_ago(2)), "minutes": {"single": {}, "mixed": {"hd": 30.0}}},
        {"day": str(days_ago(1)), "minutes": {"single": {}, "mixed": {"audio": 10.0}}},
    ]
    assert len(video["days"]) == 7
    assert classroom["minutes"]["single"] == {"hd": 5.0}
    assert found["totals"]["total"] == 45.0
    assert (found["from"], found["to"], found["zone"]) == (str(days_ago(7)), str(days_ago(1)), "UTC+8")
    assert video["statistic"]["unknown"] == "not-on-this-site"


def test_the_table(recorded: Project) -> None:
    text = recorded.run("usage", "dev/video-call").out
    assert text.startswith("dev on the simulated console (.provisioner/dev/console.sqlite)\n")
    assert f"Recorded minutes, {days_ago(7)} to {days_ago(1)}, days of UTC+8\n" in text
    assert "application            mixed Audio  mixed HD  total  before   trend\n" in text
    assert "video-call (20001001)         10.0      30.0   40.0    20.0  +100 %\n" in text
    assert f"{days_ago(2)}     30.0  {'█' * 30}\n" in text
    assert f"{days_ago(3)}      0.0\n" in text


def test_csv_has_a_row_for_each_day_and_kind(recorded: Project) -> None:
    out = recorded.run("usage", "dev/video-call", "--format", "csv").out
    found = list(csv.DictReader(io.StringIO(out)))
    assert len(found) == 7
    assert found[-2] == {
        "day": str(days_ago(2)),
        "application": "video-call",
        "sdkAppId": "20001001",
        "streams": "mixed",
        "kind": "hd",
        "minutes": "30.0",
        "unknown": "",
    }
    assert (found[0]["kind"], found[0]["minutes"]) == ("", "0")


def test_money_only_where_there_is_a_price_list(recorded: Project) -> None:
    assert "USD" not in recorded.run("usage", "dev/video-call").out
    recorded.edit(ENVIRONMENT, "settings:", "prices: prices/intl.yaml\nsettings:")
    recorded.write("prices/intl.yaml", LIST)
    text = recorded.run("usage", "dev").out
    assert "0.19 USD" in text  # 30 minutes of HD and 10 of audio
    assert re.search(r"^classroom .* unknown$", text, re.M)
    assert "No price for single HD: it is in no cost\n" in text
    assert "Prices: a list, 2026-11-01 (prices/intl.yaml)\n" in text
    (app,) = recorded.json("usage", "dev/classroom")["applications"]
    assert app["cost"] == {"amount": None, "currency": "USD", "unpriced": ["single HD"]}


@pytest.fixture
def keys(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDtest")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "test")


def served_by(project: Project, host: str, driver: str = "tencent", site: str = "intl") -> None:
    choice = f"{{driver: {driver}, endpoint: 'http://{host}'}}"
    project.edit(ENVIRONMENT, "{driver: embedded}", choice)
    project.edit(ENVIRONMENT, "site: intl", f"site: {site}")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("driver", ["tencent", "runbook"])
def test_who_may_not_ask_learns_that_it_is_unknown_and_why(project: Project, driver: str) -> None:
    with endpoint(refuses("UnauthorizedOperation", "you are not allowed")) as served:
        served_by(project, served.host, driver)
        ran = project.run("usage", "dev")
        found = project.json("usage", "dev/video-call")
    assert ran.code == 0
    assert len(re.findall(r"\) +unknown +unknown +unknown\n|^all +unknown +unknown +unknown\n", ran.out, re.M)) == 4
    assert "Unknown, which is not 0: DescribeRecordingUsage: UnauthorizedOperation: you are not allowed" in ran.out
    assert f"{days_ago(1)}  unknown\n" in ran.out
    assert "0.0" not in ran.out.replace("127.0.0.1", "")
    (app,) = found["applications"]
    assert (app["minutes"], app["total"], app["complete"]) == (None, None, False)
    assert {entry["cause"] for entry in app["unknown"]} == {"refused"}
    assert len(served.seen) == 2  # once a run


@pytest.mark.usefixtures("keys")
def test_both_counts_of_the_chinese_site(project: Project) -> None:
    """Also: the region is the actions' own, and one half that fails leaves the other known."""
    day = str(days_ago(1))
    usage = answers(UsageKey=["HD"], UsageList=[{"TimeKey": f"{day} 00:00:00", "UsageValue": [7]}])
    row = {"TimeKey": day, "Class1VideoTime": 600, "Class2VideoTime": 0, "Class3VideoTime": 0, "AudioTime": 30}
    statistic = answers(SdkAppIdUsages=[{"SdkAppId": "20001001", "Usages": [row]}])
    with endpoint(usage, refuses("FailedOperation", "half"), statistic) as served:
        served_by(project, served.host, site="cn")
        ran = project.run("usage", "dev/video-call", "--from", "yesterday", "--chart", "cn.svg")
    assert {headers["X-TC-Region"] for _, headers, _ in served.seen} == {"ap-guangzhou"}
    assert "video-call (20001001)        7.0  ≥ 7.0  unknown  unknown\n" in ran.out
    assert f"{day}      7.0  {'█' * 30} and more, unknown\n" in ran.out
    assert "    video-call  audio 0.5, sd 10.0, hd 0.0, above-hd 0.0\n" in ran.out
    assert f"    video-call, mixed streams, {day}\n" in ran.out
    picture = Path("cn.svg").read_text("utf-8")
    assert "dev/video-call: at least 7 minutes recorded" in picture
    assert "something unknown" in picture


def test_without_credentials_nothing_is_asked(project: Project) -> None:
    project.edit(ENVIRONMENT, "{driver: embedded}", "{driver: runbook}")
    ran = project.run("usage", "dev")
    assert (ran.code, ran.out) == (1, "")
    assert "dev has no credentials: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY not set" in ran.err


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_chart_is_the_same_bytes_each_time(recorded: Project, form: str) -> None:
    pictures = []
    for name in ("a", "b"):
        file = recorded.root / f"{name}.{form}"
        ran = recorded.run("usage", "dev/video-call", "--chart", str(file))
        assert (ran.code, ran.err) == (0, f"Drawn as {file}.\n")
        pictures.append(file.read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith(b"\x89PNG" if form == "png" else b"<?xml")
    if form == "svg":
        assert b"dev/video-call: 40 minutes recorded, +100 % against the 7 days before" in pictures[0]


def test_what_no_chart_is(project: Project) -> None:
    ran = project.run("usage", "dev", "--chart", "usage.gif")
    assert (ran.code, ran.err.partition("\n")[0]) == (1, "--chart writes .png and .svg, not usage.gif")
    assert not Path("usage.gif").exists()
