"""A role assumed with the variables' key."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import ProvisionerError
from tests.console.endpoint import endpoint
from tests.credentials.support import KEYS, LENT, ROLE, Opener, assumed


def test_a_role_is_assumed_once(opened: Opener) -> None:
    with endpoint(assumed(), assumed()) as sts:
        held = opened("assume-role", KEYS, sts.host, roleArn=ROLE)
        assert held.get_credential_info() == held.get_credential_info() == LENT
        ((action, headers, body),) = sts.seen
    assert (action, body["RoleArn"], body["RoleSessionName"]) == ("AssumeRole", ROLE, "trtc-recording")
    assert "Credential=AKIDlong/" in headers["Authorization"]


def test_a_role_that_is_about_to_expire_is_assumed_anew(opened: Opener) -> None:
    with endpoint(assumed(expires_in=200)) as sts:
        held = opened("assume-role", KEYS, sts.host, roleArn=ROLE)
        held.get_credential_info()
        held.get_credential_info()
        assert len(sts.seen) == 2


def test_a_role_may_be_the_jobs_to_choose(opened: Opener) -> None:
    with endpoint(assumed()) as sts:
        opened("assume-role", {**KEYS, "DEV_ROLE": ROLE}, sts.host, roleArn="env:DEV_ROLE").get_credential_info()
        assert sts.seen[0][2]["RoleArn"] == ROLE
    with pytest.raises(ProvisionerError, match="DEV_ROLE is not set\n  Set it to the role that this job may assume"):
        opened("assume-role", KEYS, roleArn="env:DEV_ROLE")
