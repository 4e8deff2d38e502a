"""The law above all: whatever a spec asks for and whatever the console held, after an apply nothing differs.

A difference that stays would be a phantom: something that the console defaults or normalises and nobody modelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from tencentcloud.common.credential import Credential

from provisioner.console.port import ConsoleError
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.apply import Applier, applying
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS, with_defaults
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from provisioner.specs.keys.journal import FolderJournal
from tests.profiles import examples
from tests.reconcile.consoles import SHOWN
from tests.values import wire_values

APP, ACCOUNT = 20000123, Account("AKIDtest", "test", "1")
FREE = 100_000.0
SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]

COMMON: dict[str, Value] = {
    "/recording/enabled": True,
    "/recording/mode": "auto",
    f"{SETTINGS}/maxIdleTime": Quantity(Dimension.TIME, 30),
    f"{SETTINGS}/storage/vendor": "vod",
    f"{SETTINGS}/storage/vod/retention": Quantity(Dimension.TIME, 30 * 86_400),
}
MIXED: dict[str, Value] = {f"{SETTINGS}/mixed/maxUsers": 8, f"{SETTINGS}/mixed/layout/kind": "grid"}
SINGLE: dict[str, Value] = {f"{SETTINGS}/single/streams": "main"}
_PLAIN = [
    path
    for path in SHOWN
    if path.startswith(SETTINGS) and Mode.AUTO in FIELDS[path].modes and not FIELDS[path].secret
    if path not in COMMON and "/cos/" not in path and "/s3/" not in path
]


def specs() -> st.SearchStrategy[dict[str, Value]]:
    """Effective settings that record automatically, with defaults filled in; some are none that the service takes."""
    kind = st.sampled_from([MIXED, SINGLE, {**MIXED, **SINGLE}])
    own = st.lists(st.sampled_from(_PLAIN), max_size=6, unique=True).flatmap(
        lambda paths: st.fixed_dictionaries({path: wire_values(path) for path in paths})
    )
    return st.tuples(kind, own).map(lambda parts: _effective({**COMMON, **parts[0], **parts[1]}))


def _effective(values: dict[str, Value]) -> dict[str, Value]:
    return {**values, **with_defaults(values)}


@dataclass(frozen=True, slots=True)
class Bench:
    """A console with one application, and what writes to it."""

    state: ConsoleState
    console: TencentConsole
    applier: Applier

    def bring_to(self, wanted: dict[str, Value]) -> bool:
        """Whether there was anything to write. What the service refuses is no example."""
        try:
            done = self.applier.apply("call", APP, wanted, lambda _found, _observed: None)
        except ConsoleError:
            reject()
        return done.effective_after is not None


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with (
        TemporaryDirectory() as folder,
        ConsoleState(Path(folder) / "console.sqlite") as state,
        ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server,
    ):
        state.seed([SeedApplication(APP, "call", "new")])
        endpoint = Endpoint(server.endpoint, "http", direct=True)
        secret = Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)
        client = TencentClient("trtc", "2019-07-22", "ap-singapore", endpoint, secret, limiter=Limiter(FREE))
        console = TencentConsole(client, load("default", Path()), "test", Path(), read_only=False, accept=None)
        kept = EnvironmentState("dev", Path(folder), FolderJournal(), system_clock)
        with applying(kept, console, engine="tests") as applier:
            yield Bench(state, console, applier)
        console.close()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much], max_examples=examples(25)
)
@given(before=specs(), wanted=specs())
def test_after_an_apply_nothing_differs(bench: Bench, before: dict[str, Value], wanted: dict[str, Value]) -> None:
    bench.bring_to(before)
    bench.bring_to(wanted)
    assert diff(wanted, bench.console.read(APP)).differences == ()
    written = bench.state.accepted_writes()
    assert not bench.bring_to(wanted)
    assert bench.state.accepted_writes() == written


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much], max_examples=examples(10)
)
@given(before=specs(), mode=st.sampled_from(["auto", "manual"]))
def test_the_mode_is_brought_back_over_any_template(bench: Bench, before: dict[str, Value], mode: str) -> None:
    bench.bring_to(before)
    wanted: dict[str, Value] = {**before, "/recording/mode": mode}
    bench.bring_to(wanted)
    assert diff(wanted, bench.console.read(APP)).differences == ()
