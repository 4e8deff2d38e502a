"""What the tests of the embedded console share: a key, applications, and the real SDK's client."""

from __future__ import annotations

import http.client
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import models as trtc_models
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient
from tencentcloud.vod.v20180717 import models as vod_models
from tencentcloud.vod.v20180717.vod_client import VodClient

from provisioner.simulator import Account, SeedApplication

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
    token: str | None = None,
    service: str = "trtc",
    version: str = "2019-07-22",
    region: str = "ap-singapore",
    method: str = "POST",
) -> CommonClient:
    """The real SDK's general client, pointed at `endpoint` as a user would."""
    known = credential.Credential(secret_id, secret_key, token)
    return CommonClient(service, version, known, region, profile(endpoint, method=method))


def profile(endpoint: str, *, ca_file: Path | None = None, method: str = "POST") -> ClientProfile:
    """HTTPS where a certificate authority is named, HTTP else."""
    scheme, trusted = ("https", str(ca_file)) if ca_file else ("http", None)
    http = HttpProfile(
        protocol=scheme, endpoint=endpoint, reqMethod=method, reqTimeout=5, certification=trusted, keepAlive=True
    )
    return ClientProfile(httpProfile=http)


def trtc(endpoint: str, *, region: str = "ap-singapore", ca_file: Path | None = None) -> TrtcClient:
    """The SDK's typed client."""
    return TrtcClient(_CREDENTIAL, region, profile(endpoint, ca_file=ca_file))


def vod(endpoint: str, *, region: str = "", ca_file: Path | None = None) -> VodClient:
    """The SDK's typed client; its actions need no region."""
    return VodClient(_CREDENTIAL, region, profile(endpoint, ca_file=ca_file))


_CREDENTIAL = credential.Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)


def typed(client: TrtcClient | VodClient, action: str, /, **parameters: Any) -> Any:
    """The answer as the SDK's own response class; every member that was sent must be one of its fields."""
    package = trtc_models if isinstance(client, TrtcClient) else vod_models
    request = getattr(package, f"{action}Request")()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the SDK only warns of fields it does not know
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        request.from_json_string(json.dumps(parameters))
        return getattr(client, action)(request)


def refused_typed(client: TrtcClient | VodClient, action: str, /, **parameters: Any) -> Refusal:
    """How the SDK's typed client reports the console's refusal."""
    try:
        answer = typed(client, action, **parameters)
    except TencentCloudSDKException as error:
        return Refusal(error.get_code(), error.get_message(), error.get_request_id())
    raise AssertionError(f"not refused: {answer.to_json_string()}")


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
