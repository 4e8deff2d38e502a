"""Where services beside the console's own are reached."""

from __future__ import annotations

import pytest

from provisioner.console.service_client import service_endpoint
from provisioner.console.tencent.client import Endpoint


@pytest.mark.parametrize(
    ("console", "vod"),
    [
        ("trtc.tencentcloudapi.com", "vod.tencentcloudapi.com"),
        ("trtc.intl.tencentcloudapi.com", "vod.intl.tencentcloudapi.com"),
        ("trtc.internal.tencentcloudapi.com:443", "vod.internal.tencentcloudapi.com:443"),
        ("gateway.example.com", "gateway.example.com"),
        ("127.0.0.1:8443", "127.0.0.1:8443"),
    ],
)
def test_a_service_has_the_consoles_host_with_its_own_name(console: str, vod: str) -> None:
    assert service_endpoint(Endpoint(console, "http", ca_file="ca.pem"), "vod") == Endpoint(
        vod, "http", ca_file="ca.pem"
    )
