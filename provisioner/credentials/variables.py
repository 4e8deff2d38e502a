"""The key in the process's variables: a source of its own, and what roles are assumed with."""

from __future__ import annotations

from provisioner.credentials.source import Caller, Credentials, fixed
from provisioner.foundation.errors import ProvisionerError

NAMES = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")


def key_of_the_variables(caller: Caller) -> Credentials:
    """Raises ProvisionerError naming the variables that are missing."""
    missing = [name for name in NAMES if not caller.get(name)]
    if missing:
        raise ProvisionerError(
            f"{', '.join(missing)} not set",
            fix="Export them (and TENCENTCLOUD_TOKEN for temporary ones), or choose another console.credentials.",
        )
    # The SDK's own provider ignores TENCENTCLOUD_TOKEN, without which temporary keys are refused.
    secret_id, secret_key = map(caller.get, NAMES)
    return fixed(secret_id, secret_key, caller.get("TENCENTCLOUD_TOKEN") or None)
