"""`commands.json` is what the commands take."""

from __future__ import annotations

import json

from provisioner.cli.completion_words import COMMANDS
from provisioner.cli.grammar import grammar


def test_the_committed_file_is_what_make_docs_writes() -> None:
    assert json.loads(COMMANDS.read_text("utf-8")) == grammar()


def test_options_know_what_follows_them() -> None:
    plan = grammar()["commands"]["plan"]
    assert plan["arguments"] == ["ENV[/APP]..."]
    assert plan["options"]["--exit-code"] is None
    assert "html" in plan["options"]["--format"]
    assert plan["options"]["--out"] == "FILE"
    assert grammar()["commands"]["promote"]["arguments"] == ["DEV", "PROD"]
