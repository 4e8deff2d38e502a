"""Nothing is written without being asked: who is asked, what counts as yes, and what happens where nobody is there."""

from __future__ import annotations

import io
import sys

import pytest

from provisioner.cli import prompt
from provisioner.foundation.errors import UsageError
from tests.project import Project
from tests.terminal import at_a_terminal


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def sit_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Called by the test itself: what a fixture puts there pytest's capturing takes away."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, _Terminal())


@pytest.mark.parametrize(
    ("answer", "said"),
    [("y", True), ("yes", True), (" YES ", True), ("", False), ("n", False), ("yeah", False), ("ok", False)],
)
def test_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch, answer: str, said: bool) -> None:
    sit_at_a_terminal(monkeypatch)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: answer)
    assert prompt.agreed("Really?") is said


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
@pytest.mark.parametrize("state", ["redirected", "closed", "missing"])
def test_nobody_is_asked_where_a_stream_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: str, state: str
) -> None:
    sit_at_a_terminal(monkeypatch)
    assert prompt.can_ask()
    other = None if state == "missing" else io.StringIO("y\n")
    if other and state == "closed":
        other.close()
    monkeypatch.setattr(sys, stream, other)
    assert not prompt.can_ask()
    with pytest.raises(UsageError, match="nobody can be asked here, so nothing was written"):
        prompt.agreed("Really?")
    assert prompt.agreed("Really?", yes=True)


def test_apply_writes_nothing_where_nobody_can_be_asked(project: Project) -> None:
    for answers in (None, "y\n", "n\n"):
        ran = project.run("apply", "dev", stdin=answers)
        assert ran.code == 1
        assert "dev: 2 to change" in ran.out  # what it would do is shown all the same
        assert ran.err.startswith("nobody can be asked here, so nothing was written\n  Pass --yes")
    assert not (project.root / ".provisioner/dev/journal").exists()
    assert project.run("plan", "dev", "--exit-code").code == 2
    assert project.run("apply", "dev", "--yes").code == 0
    assert project.run("apply", "dev").code == 0  # nothing is to be written, so nobody needs to be asked


def test_apply_asks_at_a_terminal(project: Project) -> None:
    for answer in ("n", "maybe", ""):
        code, shown = at_a_terminal(project, [answer], "apply", "dev")
        assert (code, "applied" in shown) == (1, False)
        assert "Apply this to dev on the simulated console" in shown
        assert shown.endswith("Nothing was written.\n")
    code, shown = at_a_terminal(project, ["y"], "apply", "dev", redirected=["stdin"])
    assert (code, "applied" in shown) == (1, False)
    code, shown = at_a_terminal(project, ["y"], "apply", "dev")
    assert code == 0
    assert shown.count("applied ") == 2
