"""The provider's life cycle on Pulumi's own protocol.

`pulumi.dynamic` pickles code into state, and `pulumi.provider.experimental` imports missing ids as empty
resources: both are unfit where an import must fail and a reader must trust the state. Check and Diff make no
call: the engine hands them what Read has just seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from provisioner import __version__
from provisioner.console.port import Observed
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.provider import properties, tokens
from provisioner.provider.environment import ServedEnvironment
from provisioner.reconcile.apply import Reviewed
from provisioner.reconcile.diff import Diff, managed
from provisioner.reconcile.document import document
from provisioner.reconcile.plan import refusals
from provisioner.recording.kinds import Value
from provisioner.recording.wire import WIRE
from provisioner.report.reading import read_plan
from provisioner.report.terminal import render_refusals, totals


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one environment. Every failure reaches the user as words with a status code, never a traceback."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        self._folder = folder
        self._clock = clock
        self._environment: ServedEnvironment | None = None
        self._checked: set[int] = set()

    def close(self) -> None:
        if self._environment:
            self._environment.close()

    # Plugin

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=__version__)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        config = properties.plain(request.news)
        failures = []
        if not config.get("environment"):
            failures.append(_failure("environment", "name the folder below environments/ that this provider serves"))
        unknown = sorted(set(config) - {"environment", "version"})
        failures += [_failure(key, "is no setting of this provider; it takes environment") for key in unknown]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        # Another environment means other ids, never a replacement of the old ones: that would delete.
        same = request.olds == request.news
        return provider_pb2.DiffResponse(changes=_NONE if same else _SOME)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.close()
        self._environment = ServedEnvironment(properties.plain(request.args)["environment"], self._folder, self._clock)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.tok != tokens.GET_PLAN:
            context.abort(grpc.StatusCode.NOT_FOUND, f"this provider has no function {request.tok}")
        with _words(context):
            plan = self._served.plan()
            against = refusals(plan, {}, self._clock().date().isoformat())
            answer = {
                "plan": document(plan),
                "summary": totals(read_plan(document(plan))),
                "refused": render_refusals(against, flag=False),
            }
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(properties.struct(answer))  # a keyword in Python
            return response

    # Resource

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            desired = properties.values(request.news)
        except ValueError as reason:
            # Named in the text: the engine would print the property's whole value beside it.
            return provider_pb2.CheckResponse(inputs=request.news, failures=[_failure("", str(reason))])
        if isinstance(desired.get("/sdkAppId"), int):
            self._checked.add(_sdk_app_id(desired))
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _words(context):
            before, after = properties.values(request.old_inputs), properties.values(request.news)
        detailed = {}
        for path in _differing(before, after):
            kind = _UPDATE if path in before and path in after else _ADD if path in after else _DELETE
            detailed[properties.property_path(path)] = provider_pb2.PropertyDiff(kind=kind, inputDiff=True)
        replaced = ["sdkAppId"] if "sdkAppId" in detailed else []
        return provider_pb2.DiffResponse(
            changes=_SOME if detailed else _NONE,
            diffs=sorted({path.split(".")[0] for path in detailed}),
            detailedDiff=detailed,
            hasDetailedDiff=True,
            replaces=replaced,
            deleteBeforeReplace=bool(replaced),
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _words(context):
            desired = properties.values(request.properties)
            sdk_app_id = _sdk_app_id(desired)
            outputs = properties.plain(request.properties) | {_EFFECTIVE: ""}
            if request.preview:
                self._served.read(sdk_app_id)  # a missing id fails now rather than half-way through an update
                outputs |= _NOT_YET
            else:
                outputs |= self._apply(sdk_app_id, desired, lambda _found, _observed: None)
            return provider_pb2.CreateResponse(
                id=str(sdk_app_id), properties=properties.struct(outputs), refresh_before_update=True
            )

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _words(context):
            observed = self._served.read(int(request.id))
            known = properties.values(request.inputs) or self._served.described(observed.sdk_app_id)
            inputs = properties.live_inputs(known, observed)
            kept = _effective_after(request.properties)
            return provider_pb2.ReadResponse(
                id=request.id,
                inputs=properties.struct(inputs),
                properties=properties.struct(inputs | kept),
                refresh_before_update=True,
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _words(context):
            desired, before = properties.values(request.news), properties.values(request.old_inputs)
            outputs = properties.plain(request.news) | _effective_after(request.olds)
            if request.preview:
                outputs |= _NOT_YET
            else:
                outputs |= self._apply(int(request.id), desired, _as_reviewed(before))
            return provider_pb2.UpdateResponse(properties=properties.struct(outputs), refresh_before_update=True)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _words(context):
            sdk_app_id = int(request.id)
            old = properties.values(request.properties)
            # A spec that still names the application outweighs its removal from the stack: a destroyed stack and a
            # rename without an alias (a create and then a delete of one id) must stop nothing.
            removed = old.get("/onRemove") == "stop-auto" and not self._served.described(sdk_app_id)
            if removed and sdk_app_id not in self._checked:
                manual: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "manual"}
                self._apply(sdk_app_id, manual, lambda _found, _observed: None)
            return empty_pb2.Empty()

    @property
    def _served(self) -> ServedEnvironment:
        if self._environment is None:
            raise ProvisionerError("the provider was used before it was configured")
        return self._environment

    def _apply(self, sdk_app_id: int, desired: dict[str, Value], reviewed: Reviewed) -> dict[str, Any]:
        name = str(desired.get("/name", sdk_app_id))
        applied = self._served.applier().apply(name, sdk_app_id, desired, reviewed)
        return {_EFFECTIVE: timestamp(applied.effective_after)} if applied.effective_after else {}


_EFFECTIVE = "effectiveAfter"
_NOT_YET = {_EFFECTIVE: UNKNOWN}


def _effective_after(outputs: Any) -> dict[str, Any]:
    """What the last write left; empty before the first."""
    return {_EFFECTIVE: properties.plain(outputs).get(_EFFECTIVE, "")}


_NONE = provider_pb2.DiffResponse.DIFF_NONE
_SOME = provider_pb2.DiffResponse.DIFF_SOME
_ADD, _DELETE, _UPDATE = (
    provider_pb2.PropertyDiff.ADD,
    provider_pb2.PropertyDiff.DELETE,
    provider_pb2.PropertyDiff.UPDATE,
)


def _differing(before: dict[str, Value], after: dict[str, Value]) -> Iterable[str]:
    """Paths that differ and that the new inputs speak for."""
    for path in before | after:
        if before.get(path) != after.get(path) and (path not in WIRE or managed(after, path)):
            yield path


def _as_reviewed(before: dict[str, Value]) -> Reviewed:
    """Refuses where the console is no longer what this run's preview showed."""

    def check(found: Diff, observed: Observed) -> None:
        moved = [d.path for d in found.differences if d.before != before.get(d.path)]
        if moved:
            raise ConflictError(
                f"SDKAppId {observed.sdk_app_id}: the console changed at {', '.join(moved)} since it was shown; "
                "nothing was written",
                fix="Run preview again and review what differs now.",
            )

    return check


def _sdk_app_id(values: dict[str, Value]) -> int:
    sdk_app_id = values.get("/sdkAppId")
    if not isinstance(sdk_app_id, int):
        raise ProvisionerError("sdkAppId is not known")
    return sdk_app_id


def _failure(key: str, reason: str) -> Any:
    return provider_pb2.CheckFailure(property=key, reason=reason)


@contextmanager
def _words(context: grpc.ServicerContext) -> Iterator[None]:
    """Errors as status codes with the text that the user reads."""
    try:
        yield
    except ConflictError as error:
        context.abort(grpc.StatusCode.ABORTED, str(error))
    except ProvisionerError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    except ValueError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
