"""Proxies by the user's variables: which one counts, what it is taken for, and what is said of one that is none."""

from __future__ import annotations

import functools
import os

import pytest

from provisioner.console.tencent.client import TencentClient
from provisioner.foundation.errors import UsageError
from provisioner.foundation.proxies import proxy_for
from tests.project import Project

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


@pytest.mark.parametrize(
    "value",
    [
        "http://ann:se cret@proxy:80x80",
        "http://ann:secret:8080",  # the @ was forgotten: the password looks like a port
        "ann:secret",
        "secret://ann:secret@proxy",
        "socks5://ann:secret@proxy",
        "http://ann:secret@[::1:80",
        "http://ann:secret@",
    ],
)
def test_a_password_is_never_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(UsageError) as raised:
        proxy_for(URL)
    assert "cret" not in str(raised.value)


def test_nor_where_the_proxy_does_not_answer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """By no library that goes through it: the API's, the forge's, a bucket's; with what --debug logs."""
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:c4n4ry@127.0.0.1:9")
    for name, value in (("TENCENTCLOUD_SECRET_ID", "id"), ("TENCENTCLOUD_SECRET_KEY", "key")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    patient = functools.partial(TencentClient, sleep=lambda _: None)
    monkeypatch.setattr("provisioner.console.tencent.client.TencentClient", patient)
    dev = "environments/dev/environment.yaml"
    project.edit(dev, "console: {driver: embedded}", "console: {driver: tencent}")
    plan = project.run("--verbose", "plan", "dev")
    text = (project.root / dev).read_text().replace("driver: tencent", "driver: embedded")
    project.write(dev, text + "journal: 's3://calls-journal/dev?region=eu-west-1'\n")
    history = project.run("--verbose", "history", "dev")
    for ran in (plan, history):
        assert (ran.code, "c4n4ry" in ran.out + ran.err) == (1, False), ran.err
