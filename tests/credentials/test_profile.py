"""A section of the file in the home folder."""

from __future__ import annotations

import pytest

from provisioner.foundation.errors import ProvisionerError
from tests.credentials.support import Opener


def test_a_profile(opened: Opener) -> None:
    file = opened.folder / ".tencentcloud" / "credentials"
    file.parent.mkdir()
    file.write_text("[default]\nsecret_id = a\nsecret_key = 100%\n[ci]\nsecret_id = b\nsecret_key = c\ntoken = d\n")
    assert opened("profile").get_credential_info() == ("a", "100%", None)
    assert opened("profile", name="ci").get_credential_info() == ("b", "c", "d")
    with pytest.raises(ProvisionerError, match=r"no usable profile \[qa\]"):
        opened("profile", name="qa")
