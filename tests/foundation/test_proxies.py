"""Proxies by the user's variables: which one counts, what it is taken for, and what is said of one that is none."""

from __future__ import annotations

import os

import pytest

from provisioner.foundation.errors import UsageError
from provisioner.foundation.proxies import proxy_for

URL = "https://trtc.tencentcloudapi.com/"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("value", "proxy"),
    [
        ("http://proxy.corp:8080", "http://proxy.corp:8080"),
        ("https://proxy.corp", "https://proxy.corp"),
        ("proxy.corp:8080", "http://proxy.corp:8080"),
        ("ann:pass@proxy.corp:8080", "http://ann:pass@proxy.corp:8080"),
        (" http://proxy.corp:8080 ", "http://proxy.corp:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("", None),
        (" ", None),
    ],
)
def test_what_a_variable_stands_for(monkeypatch: pytest.MonkeyPatch, value: str, proxy: str | None) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    assert proxy_for(URL) == proxy


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("socks5://127.0.0.1:1080", "names a SOCKS proxy, which is not supported"),
        ("SOCKS4A://127.0.0.1:1080", "names a SOCKS proxy, which is not supported"),
        ("ftp://proxy", "names a proxy of the unknown kind ftp://"),
        ("http://proxy:99999", "holds no proxy: Port out of range 0-65535"),
        ("http://proxy:0", "names no host to connect to"),
        ("http://[::1:8080", "holds no proxy: Invalid IPv6 URL"),
        ("http://", "names no host to connect to"),
        ("http://:8080", "names no host to connect to"),
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_one_that_is_none_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, what: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as raised:
        proxy_for(URL)
    assert raised.value.what == f"{variable} {what}"
    monkeypatch.setenv("NO_PROXY", "tencentcloudapi.com")
    assert proxy_for(URL) is None  # a host that is excepted does not suffer from it


def test_a_password_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:se cret@proxy:80x80")
    with pytest.raises(UsageError) as raised:
        proxy_for(URL)
    assert "cret" not in str(raised.value)
