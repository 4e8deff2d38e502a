"""Who may call: TC3-HMAC-SHA256 exactly, with the vendor's codes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.recording.limits import CLOCK_SKEW
from provisioner.simulator import Account, ConsoleServer
from provisioner.simulator.errors import ApiError
from provisioner.simulator.signature import SignedRequest, verify
from tests.simulator.conftest import MovableClock
from tests.simulator.support import ACCOUNT, call, refused, sdk, signed

# The worked example of the API reference's page "Signature Algorithm v3", in both of its editions: the earlier
# one signs two headers with an example key, the later one signs the action as well, and masks its key.
EARLIER = Account("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "1")
LATER = Account("AKID" + "*" * 32, "*" * 32, "1")

SKEW = int(CLOCK_SKEW.total_seconds())


def authorization(account: Account, signed_headers: str, signature: str) -> str:
    credential = f"{account.secret_id}/2019-02-25/cvm/tc3_request"
    return f"TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={signed_headers}, Signature={signature}"


PUBLISHED = SignedRequest(
    "POST",
    "/",
    "",
    {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-action": "DescribeInstances",
        "x-tc-timestamp": "1551113065",
        "x-tc-version": "2017-03-12",
        "x-tc-region": "ap-guangzhou",
        "authorization": authorization(
            EARLIER, "content-type;host", "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
        ),
    },
    b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
)


def verify_published(request: SignedRequest, now: float = 1551113065) -> str:
    """The service of the verified caller, or the code of the refusal."""
    try:
        return verify(request, {known.secret_id: known for known in (EARLIER, LATER)}, lambda: now).service
    except ApiError as error:
        return error.code


def with_headers(**headers: str) -> SignedRequest:
    renamed = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(PUBLISHED, headers={**PUBLISHED.headers, **renamed})


def test_the_published_example_verifies() -> None:
    assert verify_published(PUBLISHED) == "cvm"


def test_the_later_published_example_verifies() -> None:
    signature = "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    later = authorization(LATER, "content-type;host;x-tc-action", signature)
    assert verify_published(with_headers(authorization=later)) == "cvm"  # values are signed in lower case


@pytest.mark.parametrize(
    "altered",
    [
        replace(PUBLISHED, body=PUBLISHED.body + b" "),
        replace(PUBLISHED, method="GET"),
        replace(PUBLISHED, path="/x"),
        replace(PUBLISHED, query="a=b"),
        with_headers(host="trtc.tencentcloudapi.com"),
        with_headers(content_type="application/json"),
        with_headers(x_tc_timestamp="1551113066"),
        with_headers(authorization=PUBLISHED.headers["authorization"].replace("/cvm/", "/trtc/")),
        with_headers(authorization=PUBLISHED.headers["authorization"].replace("host,", "host;x-absent,")),
    ],
)
def test_any_alteration_breaks_the_signature(altered: SignedRequest) -> None:
    assert verify_published(altered) == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("direction", [-1, 1])
def test_five_minutes_of_skew_are_the_limit(direction: int) -> None:
    assert verify_published(PUBLISHED, 1551113065 + direction * SKEW) == "cvm"
    assert verify_published(PUBLISHED, 1551113065 + direction * (SKEW + 1)) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize("headers", ["content-type", "host", "x-tc-action"])
def test_content_type_and_host_must_be_signed(headers: str) -> None:
    altered = PUBLISHED.headers["authorization"].replace("content-type;host", headers)
    assert verify_published(with_headers(authorization=altered)) == "AuthFailure.InvalidAuthorization"


def test_the_credential_date_is_the_utc_date_of_the_timestamp() -> None:
    altered = PUBLISHED.headers["authorization"].replace("2019-02-25", "2019-02-26")
    assert verify_published(with_headers(authorization=altered)) == "AuthFailure.InvalidAuthorization"


def test_the_sdk_is_let_in(client: CommonClient) -> None:
    assert call(client, "DescribeAppStatList")["TotalNum"] == 3


def test_the_sdk_may_leave_the_body_unsigned(client: CommonClient) -> None:
    client.profile.unsignedPayload = True
    assert call(client, "DescribeAppStatList", Limit=1)["TotalNum"] == 3


def test_an_unknown_secret_id(server: ConsoleServer) -> None:
    refusal = refused(sdk(server.endpoint, secret_id="AKIDnobody"), "DescribeAppStatList")
    assert refusal.code == "AuthFailure.SecretIdNotFound"
    assert refusal.request_id


def test_a_wrong_key(server: ConsoleServer) -> None:
    refusal = refused(sdk(server.endpoint, secret_key="wrong"), "DescribeAppStatList")
    assert refusal.code == "AuthFailure.SignatureFailure"
    assert ACCOUNT.secret_key not in refusal.message


@pytest.mark.parametrize("skew", [-310, 310])
def test_a_wrong_clock(client: CommonClient, clock: MovableClock, skew: int) -> None:
    clock.now += skew
    refusal = refused(client, "DescribeAppStatList")
    assert refusal.code == "AuthFailure.SignatureExpire"
    assert str(int(clock.now)) in refusal.message  # tells the user by how much


def test_a_clock_that_is_off_by_less(client: CommonClient, clock: MovableClock) -> None:
    clock.now += 290
    assert call(client, "DescribeAppStatList")


@pytest.mark.parametrize("name", ["Action", "Version", "Timestamp", "Region"])
def test_a_missing_header(client: CommonClient, name: str) -> None:
    request = signed(client, "DescribeAppStatList", {})
    del request.headers[f"X-TC-{name}"]
    _, _, response = request.send()
    assert response["Error"] == {
        "Code": "MissingParameter",
        "Message": f"The request is missing a required parameter `{name}`.",
    }


def test_the_sdk_without_a_region(server: ConsoleServer) -> None:
    assert refused(sdk(server.endpoint, region=""), "DescribeAppStatList").code == "MissingParameter"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "SKIP",
        "Bearer abc",
        "TC3-HMAC-SHA256",
        "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, SignedHeaders=content-type;host, Signature=00",
        "TC3-HMAC-SHA256 Credential=a/2019-02-25/trtc/tc4_request, SignedHeaders=host, Signature=" + "0" * 64,
    ],
)
def test_a_malformed_authorization(client: CommonClient, authorization: str | None) -> None:
    request = signed(client, "DescribeAppStatList", {})
    del request.headers["Authorization"]
    if authorization is not None:
        request.headers["Authorization"] = authorization
    assert request.code() == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1e9", "1" * 5000])
def test_a_timestamp_that_is_none(client: CommonClient, timestamp: str) -> None:
    request = signed(client, "DescribeAppStatList", {})
    request.headers["X-TC-Timestamp"] = timestamp
    assert request.code() == "InvalidParameter"


def test_another_body_under_the_same_signature(client: CommonClient) -> None:
    request = signed(client, "DescribeAppStatList", {"Limit": 1})
    request.body = request.body.replace(b"1", b"2")
    assert request.code() == "AuthFailure.SignatureFailure"


def test_a_key_does_not_show() -> None:
    assert ACCOUNT.secret_key not in repr(ACCOUNT)
