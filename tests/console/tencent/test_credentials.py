"""Which account an environment's calls count for, told without asking anybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.console.tencent.credentials import account_of
from provisioner.credentials.registry import CredentialChoice
from provisioner.credentials.source import Caller
from tests.project import Project

ROLE = "qcs::cam::uin/100000000001:roleName/%s"
OTHERS = "qcs::cam::uin/2:roleName/plan"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("assume-role", {"roleArn": ROLE % "plan"}), ("assume-role", {"roleArn": ROLE % "apply"}), True),
        (("assume-role", {"roleArn": ROLE % "plan"}), ("github-oidc", {"roleArn": "env:THE_ROLE"}), True),
        (
            ("assume-role", {"roleArn": ROLE % "plan"}),
            ("assume-role", {"roleArn": OTHERS}),
            False,
        ),
        (("profile", {"name": "a"}), ("profile", {"name": "a"}), True),
        (("profile", {"name": "a"}), ("profile", {"name": "b"}), False),
        (("environment", {}), ("environment", {}), True),
    ],
)
def test_roles_of_one_owner_are_one_account(
    project: Project, one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]], same: bool
) -> None:
    environment = project.environment("dev")
    caller = Caller({"THE_ROLE": ROLE % "other"}, Path(), project.root)

    def account(choice: tuple[str, dict[str, str]]) -> str:
        console = replace(environment.console, credentials=CredentialChoice(*choice))
        return account_of(replace(environment, console=console), caller)

    assert (account(one) == account(other)) is same
