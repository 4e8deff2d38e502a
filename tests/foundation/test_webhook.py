"""Signed webhooks: the published example, and receivers that do not behave."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import Secret
from provisioner.foundation.webhook import Webhook, signature
from tests.console.endpoint import Endpoint, Reply, answers, endpoint, status

NOW = datetime.fromtimestamp(1614265330, UTC)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def receiver(*script: Reply, key: str = "secret") -> Iterator[tuple[Webhook, Endpoint]]:
    with endpoint(*script) as served:
        yield Webhook(f"http://{served.host}/hook", Secret(key), lambda: NOW), served


def test_the_signature_of_the_specifications_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}') == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(("key", "raw"), [("secret", b"secret"), ("whsec_c2VjcmV0", b"secret")])
def test_what_is_sent_can_be_verified(key: str, raw: bytes) -> None:
    with receiver(answers(), key=key) as (webhook, served):
        webhook.send("id-1", b'{"a": 1}', "application/cloudevents+json")
    ((_, headers, body),) = served.seen
    assert body == {"a": 1}
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == "id-1"
    assert headers["webhook-signature"] == signature(raw, "id-1", headers["webhook-timestamp"], b'{"a": 1}')


def test_a_receiver_that_does_not_take_it_is_an_error() -> None:
    with receiver(status(500), status(302)) as (webhook, _):
        with pytest.raises(ProvisionerError, match="answers HTTP 500"):
            webhook.send("id", b"{}", "application/json")
        with pytest.raises(ProvisionerError, match="answers HTTP 302"):  # never followed
            webhook.send("id", b"{}", "application/json")
    gone = Webhook("http://127.0.0.1:9/", Secret("key"), lambda: NOW)
    with pytest.raises(ProvisionerError, match="does not answer"):
        gone.send("id", b"{}", "application/json")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com", "needs an address"),
        ("https://", "needs an address"),
        ("https://user:word@example.com/x", "without a password"),
        ("http://example.com/x", "can be read and changed"),
    ],
)
def test_addresses_to_which_nothing_is_sent(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Webhook(url, Secret("key"), lambda: NOW)


def test_a_key_that_is_no_base64_is_not_echoed() -> None:
    with pytest.raises(UsageError) as error:
        Webhook("https://example.com/x", Secret("whsec_c4nary!"), lambda: NOW)
    assert "c4nary" not in str(error.value)
