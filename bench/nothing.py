"""A Pulumi provider that does nothing, and a program that declares what it is told: what the engine costs by itself.

`python -m bench.nothing serve` is the plugin; in the folder of a project `declare()` is its program. Both read
`inputs.json`, the resources' inputs by id.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

TYPE = "trtc:index:RecordingConfiguration"
INPUTS = Path("inputs.json")


class Nothing(provider_pb2_grpc.ResourceProviderServicer):
    """Reads back what it is given. Every tenth import differs, so that as many updates follow as in ours."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = json.loads(INPUTS.read_text("utf-8"))

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        same = request.old_inputs == request.news
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind, diffs=[] if same else ["recording"])

    def Read(self, request: Any, context: Any) -> Any:
        inputs = request.inputs
        if not inputs.fields:
            inputs = struct_pb2.Struct()
            inputs.update(_drifted(self._known[request.id]) if int(request.id) % 10 == 0 else self._known[request.id])
        return provider_pb2.ReadResponse(id=request.id, inputs=inputs, properties=inputs, refresh_before_update=True)

    def Update(self, request: Any, context: Any) -> Any:
        return provider_pb2.UpdateResponse(properties=request.news, refresh_before_update=True)


def _drifted(known: dict[str, Any]) -> dict[str, Any]:
    recording = known["recording"]
    return {**known, "recording": {**recording, "settings": {**recording["settings"], "maxIdleTime": "10m"}}}


def declare() -> None:
    """The program: every resource of the file, imported."""
    provider = pulumi.ProviderResource("trtc", "prod", {})
    for sdk_app_id, inputs in json.loads(INPUTS.read_text("utf-8")).items():
        options = pulumi.ResourceOptions(provider=provider, import_=sdk_app_id)
        pulumi.CustomResource(TYPE, inputs["name"], inputs, options)


def serve() -> None:
    server = grpc.server(ThreadPoolExecutor(32), options=[("grpc.max_receive_message_length", 400 << 20)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Nothing(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    assert sys.argv[1:2] == ["serve"]
    serve()
