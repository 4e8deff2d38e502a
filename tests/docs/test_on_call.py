"""The on-call story of docs/on-call.md happens as it is told: a click, an alarm that names somebody, the rooms lost."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.conftest import ROOT
from tests.console.endpoint import answers, endpoint
from tests.project import Project
from tests.test_readme import steps_of

PAGE = (ROOT / "docs/on-call.md").read_text("utf-8")


def test_every_command_of_the_story_prints_what_the_page_shows(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_KEY", "secret")
    steps = steps_of(PAGE.split("## The story")[1].split("\n## ")[0])
    assert len(steps) >= 13
    with endpoint(answers()) as served:
        alarm = ("--webhook", f"http://{served.host}/", "--webhook-key-ref", "env:HOOK_KEY")
        for command, expected in steps:
            _, *arguments = shlex.split(command)
            ran = project.run(*arguments, *(alarm if arguments[0] == "watch" else ()))
            missing = [line for line in expected if not printed(line, ran.out + ran.err)]
            assert not missing, f"{command} does not print {missing}: {ran.out}{ran.err}"
    told = [(body["type"].rpartition(".")[2], body["data"]) for _, _, body in served.seen]
    assert [kind for kind, _ in told] == ["detected", "resolved"]
    assert told[0][1]["headline"].startswith("dev/video-call is NOT being recorded; as specified until at least 20")
    (found,) = told[0][1]["applications"]
    assert [state["id"] for state in found["present"]] == ["not-recording"]
    assert (found["name"], found["changedBy"][0]["who"]) == ("video-call", "kim@acme.example")


def printed(line: str, output: str) -> bool:
    pattern = re.escape(line).replace("…", ".*")
    return any(re.fullmatch(pattern, seen) for seen in output.splitlines())
