"""A token service that lends roles, and what the tests of sources share."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.console.tencent.client import Endpoint
from provisioner.console.tencent.credentials import open_credentials
from provisioner.credentials.registry import chosen
from provisioner.credentials.source import Caller, Credentials
from provisioner.specs.documents.environment import Environment
from tests.console.endpoint import Reply, answers

KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDlong", "TENCENTCLOUD_SECRET_KEY": "long-key"}
ROLE = "qcs::cam::uin/1:roleName/plan"
LENT = ("AKIDtmp", "tmp-key", "tmp-token")


def assumed(expires_in: float = 3600) -> Reply:
    """The token service's answer that lends `LENT`."""
    held = dict(zip(("TmpSecretId", "TmpSecretKey", "Token"), LENT, strict=True))
    return answers(Credentials=held, ExpiredTime=time.time() + expires_in)


@dataclass
class Opener:
    """Opens a source as the environment would that chose it; `folder` is home and project."""

    environment: Environment
    folder: Path

    def __call__(
        self, source: str, variables: Mapping[str, str] | None = None, sts: str = "127.0.0.1:9", **given: str
    ) -> Credentials:
        """The source's credentials; `sts` is where the token service is."""
        console = replace(self.environment.console, credentials=chosen(source, given))
        caller = Caller(variables or {}, self.folder, self.folder)
        return open_credentials(replace(self.environment, console=console), caller, Endpoint(sts, "http", direct=True))
