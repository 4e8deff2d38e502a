"""A role assumed with a GitLab job's identity."""

from __future__ import annotations

import pytest

from tests.console.endpoint import endpoint
from tests.credentials.support import ROLE, Opener, assumed


def test_gitlabs_token_is_found_by_reference(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_TOKEN", "ey.gitlab")
    with endpoint(assumed()) as sts:
        held = opened("gitlab-oidc", {}, sts.host, roleArn=ROLE, providerId="gitlab", tokenRef="env:JOB_TOKEN")
        held.get_credential_info()
        assert sts.seen[0][2]["WebIdentityToken"] == "ey.gitlab"
