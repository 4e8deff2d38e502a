"""The third example: a console that refuses once, and then answers."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_the_sdk_is_refused_and_then_answered() -> None:
    command = [sys.executable, str(ROOT / "examples/03-console-for-tests/example.py")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    first, then = ran.stdout.splitlines()
    assert first == "first: RequestLimitExceeded"
    assert then == "then: ['RequestId', 'UsageKey', 'UsageList']"
