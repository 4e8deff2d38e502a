"""The role of a pod's service account."""

from __future__ import annotations

from tests.console.endpoint import endpoint
from tests.credentials.support import Opener, assumed


def test_a_pod_of_the_cluster(opened: Opener) -> None:
    token = opened.folder / "token"
    token.write_text("ey.pod\n")
    variables = {
        "TKE_ROLE_ARN": "arn-of-pod",
        "TKE_PROVIDER_ID": "cluster",
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(token),
    }
    with endpoint(assumed()) as sts:
        opened("tke-oidc", variables, sts.host).get_credential_info()
        body = sts.seen[0][2]
    assert (body["RoleArn"], body["ProviderId"], body["WebIdentityToken"]) == ("arn-of-pod", "cluster", "ey.pod")
