"""Who calls, by every way that an environment may choose."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from tencentcloud.common.credential import CVMRoleCredential

from provisioner.console.tencent.client import Endpoint
from provisioner.console.tencent.credentials import Caller, credentials
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.console import CredentialSource
from tests.console.endpoint import Reply, answers, document, endpoint
from tests.project import Project

KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDlong", "TENCENTCLOUD_SECRET_KEY": "long-key"}


@pytest.fixture
def environment(project: Project) -> Environment:
    return project.environment("dev")


def choose(environment: Environment, source: CredentialSource) -> Environment:
    return replace(environment, console=replace(environment.console, credentials=source))


def assumed(expires_in: float = 3600) -> Reply:
    held = {"TmpSecretId": "AKIDtmp", "TmpSecretKey": "tmp-key", "Token": "tmp-token"}
    return answers(Credentials=held, ExpiredTime=time.time() + expires_in)


def test_variables_with_the_token_that_the_sdk_forgets(environment: Environment, tmp_path: Path) -> None:
    caller = Caller({**KEYS, "TENCENTCLOUD_TOKEN": "tok"}, tmp_path, tmp_path)
    assert credentials(environment, caller).get_credential_info() == ("AKIDlong", "long-key", "tok")


def test_variables_that_are_missing_are_named(environment: Environment, tmp_path: Path) -> None:
    with pytest.raises(ProvisionerError, match="TENCENTCLOUD_SECRET_KEY not set"):
        credentials(environment, Caller({"TENCENTCLOUD_SECRET_ID": "x"}, tmp_path, tmp_path))


def test_a_profile(environment: Environment, tmp_path: Path) -> None:
    file = tmp_path / ".tencentcloud" / "credentials"
    file.parent.mkdir()
    file.write_text("[default]\nsecret_id = a\nsecret_key = 100%\n[ci]\nsecret_id = b\nsecret_key = c\ntoken = d\n")
    caller = Caller({}, tmp_path, tmp_path)
    chosen = choose(environment, CredentialSource("profile"))
    assert credentials(chosen, caller).get_credential_info() == ("a", "100%", None)
    chosen = choose(environment, CredentialSource("profile", profile="ci"))
    assert credentials(chosen, caller).get_credential_info() == ("b", "c", "d")
    with pytest.raises(ProvisionerError, match=r"no usable profile \[qa\]"):
        credentials(choose(environment, CredentialSource("profile", profile="qa")), caller)


def test_a_role_is_assumed_once_and_renewed_before_it_expires(environment: Environment, tmp_path: Path) -> None:
    source = CredentialSource("assume-role", role_arn="qcs::cam::uin/1:roleName/plan")
    with endpoint(assumed(), assumed(expires_in=200), assumed()) as sts:
        held = credentials(
            choose(environment, source), Caller(KEYS, tmp_path, tmp_path), Endpoint(sts.host, "http", True)
        )
        assert held.get_credential_info() == ("AKIDtmp", "tmp-key", "tmp-token")
        held.get_credential_info()
        assert [(action, body["RoleArn"]) for action, _, body in sts.seen] == [("AssumeRole", source.role_arn)]
        assert "Credential=AKIDlong/" in sts.seen[0][1]["Authorization"]


def test_a_role_that_is_about_to_expire_is_assumed_anew(environment: Environment, tmp_path: Path) -> None:
    source = CredentialSource("assume-role", role_arn="qcs::cam::uin/1:roleName/plan")
    with endpoint(assumed(expires_in=200)) as sts:
        held = credentials(
            choose(environment, source), Caller(KEYS, tmp_path, tmp_path), Endpoint(sts.host, "http", True)
        )
        held.get_credential_info()
        held.get_credential_info()
        assert len(sts.seen) == 2


def test_github_gives_the_job_its_identity(environment: Environment, tmp_path: Path) -> None:
    source = CredentialSource("github-oidc", role_arn="arn", provider_id="github")
    with endpoint(document(value="ey.job")) as github, endpoint(assumed()) as sts:
        variables = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://{github.host}/token?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer-of-the-job",
        }
        held = credentials(
            choose(environment, source), Caller(variables, tmp_path, tmp_path), Endpoint(sts.host, "http", True)
        )
        assert held.get_credential_info()[2] == "tmp-token"
        assert github.seen[0][2] == "/token?x=1&audience=sts.tencentcloudapi.com"
        assert github.seen[0][1]["Authorization"] == "Bearer bearer-of-the-job"
        action, headers, body = sts.seen[0]
        assert (action, body["WebIdentityToken"], body["ProviderId"]) == (
            "AssumeRoleWithWebIdentity",
            "ey.job",
            "github",
        )
        assert headers["Authorization"] == "SKIP"


def test_a_role_may_be_the_jobs_to_choose(environment: Environment, tmp_path: Path) -> None:
    chosen = choose(environment, CredentialSource("assume-role", role_arn="env:DEV_ROLE"))
    with endpoint(assumed()) as sts:
        caller = Caller({**KEYS, "DEV_ROLE": "qcs::cam::uin/1:roleName/plan"}, tmp_path, tmp_path)
        credentials(chosen, caller, Endpoint(sts.host, scheme="http")).get_credential_info()
        assert sts.seen[0][2]["RoleArn"] == "qcs::cam::uin/1:roleName/plan"
    with pytest.raises(ProvisionerError, match="DEV_ROLE is not set\n  Set it to the role that this job may assume"):
        credentials(chosen, Caller(KEYS, tmp_path, tmp_path))


def test_without_the_permission_github_gives_nothing(environment: Environment, tmp_path: Path) -> None:
    source = CredentialSource("github-oidc", role_arn="arn", provider_id="github")
    held = credentials(choose(environment, source), Caller({}, tmp_path, tmp_path))
    with pytest.raises(ProvisionerError, match="GitHub gives this job no identity token"):
        held.get_credential_info()


def test_gitlabs_token_is_found_by_reference(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_TOKEN", "ey.gitlab")
    source = CredentialSource("gitlab-oidc", role_arn="arn", provider_id="gitlab", token_ref="env:JOB_TOKEN")
    with endpoint(assumed()) as sts:
        held = credentials(
            choose(environment, source), Caller({}, tmp_path, tmp_path), Endpoint(sts.host, "http", True)
        )
        held.get_credential_info()
        assert sts.seen[0][2]["WebIdentityToken"] == "ey.gitlab"


def test_a_pod_of_the_cluster(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ey.pod\n")
    variables = {
        "TKE_ROLE_ARN": "arn-of-pod",
        "TKE_PROVIDER_ID": "cluster",
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
    }
    with endpoint(assumed()) as sts:
        chosen = choose(environment, CredentialSource("tke-oidc"))
        credentials(
            chosen, Caller(variables, tmp_path, tmp_path), Endpoint(sts.host, "http", True)
        ).get_credential_info()
        body = sts.seen[0][2]
    assert (body["RoleArn"], body["ProviderId"], body["WebIdentityToken"]) == ("arn-of-pod", "cluster", "ey.pod")


def test_a_machines_role(environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", "ExpiredTime": time.time() + 9999, "Code": "Success"}
    with endpoint(document(**held)) as metadata:
        monkeypatch.setattr(CVMRoleCredential, "_role_endpoint", f"http://{metadata.host}/")
        chosen = choose(environment, CredentialSource("cvm-role", role="ci"))
        caller = Caller({}, tmp_path, tmp_path)
        assert credentials(chosen, caller).get_credential_info() == ("i", "k", "t")
        assert metadata.seen[0][2] == "/ci"
        metadata.script = [document(Code="Failed")]
        with pytest.raises(ProvisionerError, match="metadata service gives no role credentials"):
            credentials(choose(environment, CredentialSource("cvm-role", role="none")), caller)
