"""What the tests of the embedded console share: a key, applications, and the real SDK's client."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from provisioner.console.simulator import Account, SeedApplication

ACCOUNT = Account("AKIDsimulator", "simulator-secret", "100000000001")

NEW, OLD, MANUAL = 20000101, 1400000102, 20000103
"""An untouched new-type application, an untouched old-type one, and a new-type one with recording on."""

SEEDS = (
    SeedApplication(NEW, "tutoring-live", "new"),
    SeedApplication(OLD, "legacy-live", "old"),
    SeedApplication(MANUAL, "customer-service", "new", enabled=True),
)

VOD = {"CloudVod": {"TencentVod": {"SubAppId": 1500000001, "ExpireTime": 86_400}}}
TEMPLATE = {"MaxIdleTime": 5, "MixRecord": {"MaxUsers": 8}, "StorageParams": VOD}
"""A small legal template."""


def sdk(
    endpoint: str,
    *,
    secret_id: str = ACCOUNT.secret_id,
    secret_key: str = ACCOUNT.secret_key,
    service: str = "trtc",
    version: str = "2019-07-22",
    region: str = "ap-singapore",
    method: str = "POST",
) -> CommonClient:
    """The real SDK's general client, pointed at `endpoint` as a user would."""
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method, reqTimeout=5))
    return CommonClient(service, version, credential.Credential(secret_id, secret_key), region, profile)


@dataclass(frozen=True)
class Refusal:
    """What the SDK raised."""

    code: str
    message: str
    request_id: str


def call(client: CommonClient, action: str, /, **parameters: Any) -> dict[str, Any]:
    """The `Response` of a successful call, RequestId taken out."""
    response: dict[str, Any] = client.call_json(action, parameters)["Response"]
    assert response.pop("RequestId")
    return response


def refused(client: CommonClient, action: str, /, **parameters: Any) -> Refusal:
    """How the SDK reports the console's refusal."""
    try:
        answer = client.call_json(action, parameters)
    except TencentCloudSDKException as error:
        return Refusal(error.get_code(), error.get_message(), error.get_request_id())
    raise AssertionError(f"not refused: {answer}")


def recording(client: CommonClient, sdk_app_id: int) -> dict[str, Any]:
    """The `Recording` the console answers for an application."""
    info: dict[str, Any] = call(client, "DescribeSdkAppInfo", SdkAppId=sdk_app_id)["SdkAppInfo"]
    result: dict[str, Any] = info["Recording"]
    return result


@dataclass
class RawRequest:
    """A request as the SDK signed it, to be altered before it is sent."""

    endpoint: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    path: str = "/"

    def send(self) -> tuple[int, str, dict[str, Any]]:
        """Status, Content-Type and the `Response` object."""
        connection = http.client.HTTPConnection(self.endpoint, timeout=5)
        try:
            connection.request(self.method, self.path, self.body, self.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], json.loads(answer.read())["Response"]
        finally:
            connection.close()

    def code(self) -> str:
        """The error code of the answer, which must be a well-formed refusal."""
        status, content_type, response = self.send()
        assert (status, content_type) == (200, "application/json")
        assert set(response) == {"Error", "RequestId"}
        code: str = response["Error"]["Code"]
        return code


def signed(client: CommonClient, action: str, parameters: Any) -> RawRequest:
    """A request with the SDK's own signature, not sent yet."""
    endpoint: str = client.profile.httpProfile.endpoint
    request = RequestInternal(endpoint, "POST", "/", header={})
    client._build_req_inter(action, parameters, request)
    return RawRequest(endpoint, dict(request.header), request.data.encode())
