"""A key in the process's variables."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import ProvisionerError
from tests.credentials.support import KEYS, Opener


def test_variables_with_the_token_that_the_sdk_forgets(opened: Opener) -> None:
    held = opened("environment", {**KEYS, "TENCENTCLOUD_TOKEN": "tok"})
    assert held.get_credential_info() == ("AKIDlong", "long-key", "tok")


def test_variables_that_are_missing_are_named_with_the_environment_that_needs_them(opened: Opener) -> None:
    with pytest.raises(ProvisionerError) as caught:
        opened("environment", {"TENCENTCLOUD_SECRET_ID": "x"})
    assert caught.value.what == "dev has no credentials: TENCENTCLOUD_SECRET_KEY not set"
    assert str(caught.value.where).startswith("environments/dev/environment.yaml")
