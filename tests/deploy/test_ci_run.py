"""`.ci/run` with stand-ins for make, Go and the search for an engine: what it runs, says and answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

TOOLS = ("bash", "dirname", "mktemp", "nice", "rm", "tail", "timeout")
MAKE = """\
#!/bin/sh
echo "$*" >> made
case "$*" in {failing}) echo "no: $*"; exit 2;; esac
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    root: Path

    def install(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        file.chmod(0o755)

    def ci(self, *, engine: bool, go: bool, failing: str = "nothing") -> subprocess.CompletedProcess[str]:
        self.install(".venv/bin/python", f"#!/bin/sh\nexit {0 if engine else 1}\n")
        self.install("bin/make", MAKE.format(failing=failing))
        if go:
            self.install("bin/go", "#!/bin/sh\necho go version go1.26\n")
        for tool in TOOLS:
            (self.root / "bin" / tool).symlink_to(str(shutil.which(tool)))
        return subprocess.run(
            [str(shutil.which("bash")), self.root / ".ci/run"],
            env={"PATH": str(self.root / "bin"), "TMPDIR": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def made(self) -> list[str]:
        """What make was asked for; the build runs beside the tests, so it may come before or after them."""
        return (self.root / "made").read_text("utf-8").splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci")
    return Checkout(tmp_path)


@pytest.mark.parametrize("go", [True, False])
def test_an_engine_that_is_there_is_part_of_the_tests(checkout: Checkout, go: bool) -> None:
    ran = checkout.ci(engine=True, go=go)
    assert ran.returncode == 0, ran.stderr
    assert checkout.made == [".venv/.dev", "test"]


def test_without_one_it_is_built_beside_the_tests_and_tried_after_them(checkout: Checkout) -> None:
    ran = checkout.ci(engine=False, go=True)
    assert ran.returncode == 0, ran.stderr
    assert sorted(checkout.made) == [".venv/.dev", "engine", "test", "test-engine"]
    assert checkout.made[-1] == "test-engine"
    assert "SKIPPED" not in ran.stderr


def test_without_go_the_tests_run_and_say_what_they_skip(checkout: Checkout) -> None:
    ran = checkout.ci(engine=False, go=False)
    assert ran.returncode == 0, ran.stderr
    assert checkout.made == [".venv/.dev", "test"]
    assert "were SKIPPED: no engine, and no Go to build one with" in ran.stderr


def test_a_build_that_fails_is_shown_and_fails_nothing_else(checkout: Checkout) -> None:
    ran = checkout.ci(engine=False, go=True, failing="engine")
    assert ran.returncode == 0, ran.stderr
    assert "test-engine" not in checkout.made
    assert "no: engine" in ran.stderr
    assert "were SKIPPED: it could not be built" in ran.stderr


@pytest.mark.parametrize("failing", ["test", "test-engine"])
def test_a_failure_is_the_answer_and_hides_no_other(checkout: Checkout, failing: str) -> None:
    ran = checkout.ci(engine=False, go=True, failing=failing)
    assert ran.returncode == 2
    assert checkout.made[-1] == "test-engine"


def test_the_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
