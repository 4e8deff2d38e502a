"""A role assumed with a GitHub job's identity."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import ProvisionerError
from tests.console.endpoint import document, endpoint
from tests.credentials.support import LENT, ROLE, Opener, assumed


def test_github_gives_the_job_its_identity(opened: Opener) -> None:
    with endpoint(document(value="ey.job")) as github, endpoint(assumed()) as sts:
        variables = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://{github.host}/token?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer-of-the-job",
        }
        held = opened("github-oidc", variables, sts.host, roleArn=ROLE, providerId="github")
        assert held.get_credential_info() == LENT
        assert github.seen[0][2] == "/token?x=1&audience=sts.tencentcloudapi.com"
        assert github.seen[0][1]["Authorization"] == "Bearer bearer-of-the-job"
        action, headers, body = sts.seen[0]
    assert (action, body["WebIdentityToken"], body["ProviderId"]) == ("AssumeRoleWithWebIdentity", "ey.job", "github")
    assert headers["Authorization"] == "SKIP"


def test_without_the_permission_github_gives_nothing(opened: Opener) -> None:
    held = opened("github-oidc", roleArn=ROLE, providerId="github")
    with pytest.raises(ProvisionerError, match="GitHub gives this job no identity token"):
        held.get_credential_info()
