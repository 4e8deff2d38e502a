"""`assume-role`: a role, assumed with the key in the process's variables."""

from __future__ import annotations

from provisioner.credentials.assumed import ROLE, SESSION, AssumedRole, role_arn
from provisioner.credentials.source import Caller, Credentials, Source, SourceSettings, TokenService
from provisioner.credentials.variables import key_of_the_variables


def _open(settings: SourceSettings, caller: Caller, tokens: TokenService) -> Credentials:
    arn = role_arn(settings, caller)
    return AssumedRole(tokens(key_of_the_variables(caller)), arn, settings["sessionName"])


SOURCE = Source(
    "assume-role",
    "A role assumed with the credentials of the environment.",
    lambda settings: f"the role {settings['roleArn']}, assumed with the variables' key",
    _open,
    {"roleArn": ROLE, "sessionName": SESSION},
    example="{roleArn: …}",
)
