"""`environment`: a key in the process's variables. The default."""

from __future__ import annotations

from provisioner.credentials.source import Caller, Credentials, Source, SourceSettings, TokenService
from provisioner.credentials.variables import NAMES, key_of_the_variables


def _open(_settings: SourceSettings, caller: Caller, _tokens: TokenService) -> Credentials:
    return key_of_the_variables(caller)


SOURCE = Source(
    "environment",
    "TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _TOKEN; the default.",
    lambda _settings: f"the variables {' and '.join(NAMES)}",
    _open,
)
