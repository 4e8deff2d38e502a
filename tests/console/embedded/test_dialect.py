"""The simulator answers in the shape of any binding, by the same rules."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tencentcloud.common.credential import Credential

from provisioner.console.embedded.dialect import services_of
from provisioner.console.learning.sheet import rounds
from provisioner.console.port import ConsoleChange, ConsoleError
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.recording.fields import FIELDS
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from tests.console.learning.bindings import SCRAMBLED, write

APP = 20_000_103


@pytest.mark.parametrize("name", SCRAMBLED)
def test_what_is_written_in_its_shape_is_read_in_its_shape(name: str, tmp_path: Path) -> None:
    binding = load(write(tmp_path, SCRAMBLED[name]()), tmp_path)
    with ConsoleState(tmp_path / "c.sqlite") as state:
        state.seed([SeedApplication(APP - 1, "before", "old"), SeedApplication(APP, "one", "new")])
        account = Account("AKIDx", "key", "100000000001")
        with ConsoleServer(state, [account], None, services=services_of(binding)) as server:
            client = TencentClient(
                binding.service, binding.version, "ap-singapore", Endpoint(server.endpoint, "http", direct=True),
                Credential("AKIDx", "key"), limiter=Limiter(10_000),
            )  # fmt: skip
            (tmp_path / "key").write_text("sheetKey")
            with closing(TencentConsole(client, binding, "x", tmp_path, read_only=False, accept=None)) as console:
                assert [app.name for app in console.list_applications()] == ["before", "one"]
                for one in rounds():
                    values = {p: "file:key" if FIELDS[p].secret else v for p, v in one.values.items()}
                    console.write(APP, ConsoleChange(values, frozenset(values)))
                    answer = console.answer(APP)
                    shown = binding.answered(answer, console.template_answer(APP, answer))
                    assert {p: shown[p] for p in values if not FIELDS[p].secret} == {
                        p: v for p, v in values.items() if not FIELDS[p].secret
                    }
                with pytest.raises(ConsoleError, match="SdkAppIdNotExist"):
                    console.read(7)
                off = ConsoleChange(
                    {"/recording/enabled": False, "/recording/mode": "manual"}, frozenset({"/recording/enabled"})
                )
                with pytest.raises(ConsoleError, match="cannot be switched off"):
                    console.write(APP, off)
