"""A small engine: drives program and provider through Pulumi's protocol where there is no CLI.

It does what the real one does with our resources - import or refresh, then check, diff and update, in the end
delete - and keeps a state in memory. What only the real engine can show is tested in `tests/engine`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc

from provisioner.foundation.clock import Clock, system_clock
from provisioner.provider.engine_log import EngineLog
from provisioner.provider.servicer import ProviderServicer
from tests import fork_server

HOST = Path(__file__).with_name("host.py")
ROOT = Path(__file__).resolve().parents[2]


class Aborted(Exception):
    """What a provider's call ended with instead of an answer."""

    def __init__(self, code: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code


class Context:
    """A gRPC context that raises where the real one ends the call."""

    def __init__(self) -> None:
        self.trailing: dict[str, bytes] = {}

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailing = dict(metadata)

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        raise Aborted(code, text)


class Told(EngineLog):
    """Keeps what the provider tells the user."""

    def __init__(self, logs: list[tuple[str, str]]) -> None:
        super().__init__()
        self._logs = logs

    def tell(self, severity: str, text: str) -> None:
        self._logs.append((severity, text))


@dataclass
class State:
    """What the checkpoint would hold of one resource."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Result:
    """One run: exit code of the program, its log by severity, and what was done to each resource."""

    code: int
    logs: list[tuple[str, str]]
    steps: dict[str, str]
    diffs: dict[str, list[str]]
    outputs: dict[str, Any]
    stderr: str

    def messages(self, severity: str) -> list[str]:
        return [text for level, text in self.logs if level == severity]


@dataclass
class Engine:
    """One stack of the project in `root`, with a provider in this process."""

    root: Path
    stack: str
    clock: Clock = system_clock
    state: dict[str, State] = field(default_factory=dict)

    def preview(self) -> Result:
        return self._run(dry_run=True)

    def up(self) -> Result:
        return self._run(dry_run=False)

    def _run(self, dry_run: bool) -> Result:
        logs: list[tuple[str, str]] = []
        provider = ProviderServicer(self.root, self.clock, Told(logs))
        run = _Run(self, provider, dry_run, logs)
        server = grpc.server(ThreadPoolExecutor(16))
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(run, server)
        engine_pb2_grpc.add_EngineServicer_to_server(_Log(run), server)
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        try:
            command = (HOST, ROOT, self.stack, address, address, str(dry_run).lower())
            program = fork_server.run(*command, cwd=self.root, env={**os.environ, "GRPC_VERBOSITY": "NONE"})
            if program.returncode == 0:
                run.delete_the_rest()
        finally:
            server.stop(0).wait()
            provider.close()
        return Result(program.returncode, run.logs, run.steps, run.diffs, run.outputs, program.stderr)


def _struct(document: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(document)
    return message


def _plain(message: struct_pb2.Struct) -> dict[str, Any]:
    document: dict[str, Any] = json_format.MessageToDict(message)
    return document


class _Log(engine_pb2_grpc.EngineServicer):
    def __init__(self, run: _Run) -> None:
        self._run = run

    def Log(self, request: Any, context: Any) -> Any:
        self._run.logs.append((engine_pb2.LogSeverity.Name(request.severity).lower(), request.message))
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.GetRootResourceResponse()

    def SetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.SetRootResourceResponse()


class _Run(resource_pb2_grpc.ResourceMonitorServicer):
    """The monitor that one run of the program talks to."""

    def __init__(self, engine: Engine, provider: ProviderServicer, dry_run: bool, logs: list[tuple[str, str]]) -> None:
        self._engine = engine
        self._provider = provider
        self._dry_run = dry_run
        self._context: Any = Context()
        self._registered: set[str] = set()
        self.logs = logs
        self.steps: dict[str, str] = {}
        self.diffs: dict[str, list[str]] = {}
        self.outputs: dict[str, Any] = {}

    def SupportsFeature(self, request: Any, context: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "resourceReferences"))

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "as engines before it was added answer")

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        self.outputs = _plain(request.outputs)
        return empty_pb2.Empty()

    def delete_the_rest(self) -> None:
        for urn, old in list(self._engine.state.items()):
            if urn not in self._registered:
                self.steps[urn.rpartition("::")[2]] = "delete"
                if not self._dry_run:
                    deleted = provider_pb2.DeleteRequest(id=old.id, urn=urn, properties=_struct(old.outputs))
                    self._provider.Delete(deleted, self._context)
                    del self._engine.state[urn]

    def Invoke(self, request: Any, context: Any) -> Any:
        if request.tok == "pulumi:pulumi:readStackResourceOutputs":
            held = {
                urn: {"type": urn.split("::")[2], "outputs": old.outputs} for urn, old in self._engine.state.items()
            }
            response = resource_pb2.ResourceInvokeResponse()
            getattr(response, "return").CopyFrom(_struct({"outputs": held}))
            return response
        asked = provider_pb2.InvokeRequest(tok=request.tok, args=request.args, preview=self._dry_run)
        answer = self._told(context, self._provider.Invoke, asked)
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(getattr(answer, "return"))
        return response

    def RegisterResource(self, request: Any, context: Any) -> Any:
        urn = f"urn:pulumi:{self._engine.stack}::trtc-recording::{request.type}::{request.name}"
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.type.startswith("pulumi:providers:"):
            checked = self._provider.CheckConfig(provider_pb2.CheckRequest(news=request.object), self._context)
            assert not checked.failures, checked.failures
            self._provider.Configure(provider_pb2.ConfigureRequest(args=checked.inputs), self._context)
            return resource_pb2.RegisterResourceResponse(urn=urn, id="provider", object=request.object)
        state = self._told(context, self._resource, request.name, urn, request.importId, request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=state.id, object=_struct(state.outputs))

    def _told(self, context: Any, call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments, self._context) if call == self._provider.Invoke else call(*arguments)
        except Aborted as error:
            self.logs.append(("error", str(error)))
            context.abort(error.code, str(error))

    def _resource(self, name: str, urn: str, import_id: str, news: struct_pb2.Struct) -> State:
        self._registered.add(urn)
        old = self._engine.state.get(urn)
        self.steps[name] = "same" if old else "import"
        seen = self._provider.Read(
            provider_pb2.ReadRequest(
                id=old.id if old else import_id,
                urn=urn,
                inputs=_struct(old.inputs) if old else None,
                properties=_struct(old.outputs) if old else None,
            ),
            self._context,
        )
        assert seen.refresh_before_update
        checked = self._provider.Check(provider_pb2.CheckRequest(urn=urn, olds=seen.inputs, news=news), self._context)
        if checked.failures:
            raise Aborted(grpc.StatusCode.INVALID_ARGUMENT, "; ".join(failure.reason for failure in checked.failures))
        found = self._provider.Diff(
            provider_pb2.DiffRequest(
                id=seen.id, urn=urn, olds=seen.properties, old_inputs=seen.inputs, news=checked.inputs
            ),
            self._context,
        )
        state = State(seen.id, _plain(seen.inputs), _plain(seen.properties))
        if found.changes == provider_pb2.DiffResponse.DIFF_SOME:
            self.steps[name] = "import, update" if not old else "update"
            self.diffs[name] = sorted(found.detailedDiff)
            updated = self._provider.Update(
                provider_pb2.UpdateRequest(
                    id=seen.id, urn=urn, olds=seen.properties, old_inputs=seen.inputs, news=checked.inputs,
                    preview=self._dry_run,
                ),
                self._context,
            )  # fmt: skip
            state = State(seen.id, _plain(checked.inputs), _plain(updated.properties))
        if not self._dry_run:
            self._engine.state[urn] = state
        return state
