"""How looking into a storage fails."""

from __future__ import annotations

from provisioner.foundation.errors import ProvisionerError


class IncompleteListingError(ProvisionerError):
    """A listing broke off after some files; `missing` says in words which ones nobody has seen."""

    exit_code = 3

    def __init__(self, cause: ProvisionerError, missing: str) -> None:
        super().__init__(cause.what, where=cause.where, fix=cause.fix)
        self.missing = missing
