"""The role bound to a machine."""

from __future__ import annotations

import time

import pytest
from tencentcloud.common.credential import CVMRoleCredential

from provisioner.foundation.errors import ProvisionerError
from tests.console.endpoint import document, endpoint
from tests.credentials.support import Opener


def test_a_machines_role(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", "ExpiredTime": time.time() + 9999, "Code": "Success"}
    with endpoint(document(**held)) as metadata:
        monkeypatch.setattr(CVMRoleCredential, "_role_endpoint", f"http://{metadata.host}/")
        assert opened("cvm-role", role="ci").get_credential_info() == ("i", "k", "t")
        assert metadata.seen[0][2] == "/ci"
        metadata.script = [document(Code="Failed")]
        with pytest.raises(ProvisionerError, match="metadata service gives no role credentials"):
            opened("cvm-role", role="none")
