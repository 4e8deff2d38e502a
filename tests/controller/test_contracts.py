"""Specs that change while calls run."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import select

from provisioner.controller.contracts import Contracts, from_json, to_json
from provisioner.controller.store import schema
from provisioner.foundation.errors import ProvisionerError
from tests.controller.served import serving, specs


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_new_settings_hold_from_the_next_call_on(tmp_path: Path) -> None:
    with serving(specs(tmp_path)) as running:
        before = running.get("/v1/dev/contracts")[1]["contracts"]
        running.begin("room", "first")
        edit(tmp_path, "templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 7s")
        assert running.post("/v1/dev/reload", {}) == (200, {"changed": ["dev/support-desk"], "broken": {}})
        running.begin("another-room", "second")
        after = running.get("/v1/dev/contracts")[1]["contracts"]
        assert before.keys() == after.keys()
        assert before != after
        state = running.controller.store.read
        query = select(schema.session.c.call, schema.session.c.contract)
        kept = state(lambda t: {call: digest for call, digest in t.connection.execute(query)})  # noqa: C416
        assert kept == {"first": before["support-desk"], "second": after["support-desk"]}


def test_broken_specs_replace_nothing_and_say_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    contracts = Contracts(specs(tmp_path), ["dev"])
    before = contracts.environments["dev"].digests
    edit(tmp_path, "environments/dev/apps/video-call.yaml", "mode: auto", "mode: sometimes")
    result = contracts.reload()
    assert list(result.broken) == ["dev"]
    assert contracts.environments["dev"].digests == before
    assert "the old ones still hold" in caplog.text
    edit(tmp_path, "environments/dev/apps/video-call.yaml", "mode: sometimes", "mode: auto")
    assert contracts.reload().broken == {}


def test_a_reload_of_what_did_not_change_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    contracts = Contracts(specs(tmp_path), ["dev"])
    assert contracts.reload().changed == ()
    assert caplog.records == []


def test_an_environment_without_a_controller_is_refused(tmp_path: Path) -> None:
    root = specs(tmp_path)
    file = root / "environments/dev/environment.yaml"
    text = file.read_text()
    file.write_text("".join(line for line in text.splitlines(keepends=True) if "controller" not in line.lower()))
    with pytest.raises(ProvisionerError):
        Contracts(root, ["dev"])


def test_a_secret_that_is_not_set_is_told_at_the_start_unless_the_service_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = specs(tmp_path)
    assert Contracts(root, ["dev"]).environments["dev"].token.reveal() == "embedded-console"
    edit(root, "environments/dev/environment.yaml", "{driver: embedded}", "{driver: tencent}")
    with pytest.raises(ProvisionerError, match="is not set"):
        Contracts(root, ["dev"])


def test_a_contract_comes_back_from_the_store_as_it_was(tmp_path: Path) -> None:
    held = Contracts(specs(tmp_path), ["dev"]).environments["dev"].named("support-desk").contract
    assert held is not None
    assert from_json(to_json(held)) == held
    assert from_json(to_json(held)).digest == held.digest
