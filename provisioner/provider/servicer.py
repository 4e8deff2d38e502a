"""The provider's life cycle on Pulumi's own protocol.

`pulumi.dynamic` pickles code into state, and `pulumi.provider.experimental` imports missing ids as empty
resources: both are unfit where an import must fail and a reader must trust the state. Check and Diff make no
call: the engine hands them what Read has just seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.rpc import UNKNOWN

from provisioner import __version__
from provisioner.console.port import NO_SUCH_APPLICATION, ConsoleError, Observed
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError, UsageError
from provisioner.provider import configuration, functions, properties, tokens
from provisioner.provider.engine_log import EngineLog, about
from provisioner.provider.environment import PlannedEnvironment
from provisioner.provider.properties import EFFECTIVE_AFTER, Inputs
from provisioner.provider.resource_gate import ResourceGate
from provisioner.reconcile.apply.apply import StoppedError
from provisioner.reconcile.plan.diff import Diff, managed
from provisioner.reconcile.plan.removal import STOP_AUTO, only_stops, stopped
from provisioner.recording.document import nest
from provisioner.recording.value_types import Value
from provisioner.recording.wire import WIRE
from provisioner.specs.workspace import SpecErrors


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one environment. Every failure reaches the user as words with a status code, never a traceback."""

    def __init__(
        self, folder: Path, clock: Clock = system_clock, log: EngineLog | None = None, *, eager: bool = False
    ) -> None:
        """`eager` reads the specs as soon as they are named, while the program is still busy with its own start."""
        self._folder = folder
        self._clock = clock
        self._eager = eager
        self._log = log or EngineLog()
        self._environment: PlannedEnvironment | None = None
        self._checked: dict[int, str] = {}
        self._planned = False
        self._told: set[str] = set()

    def close(self) -> None:
        if self._environment:
            self._environment.close()

    # Plugin

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        # Secrets are left to the engine: it takes the marks off and puts them back on what comes back.
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._log.attach(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=__version__)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        schema = resources.files("provisioner.provider").joinpath("schema.json").read_text("utf-8")
        return provider_pb2.GetSchemaResponse(schema=schema)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        # Without the property's name, beside which the engine would print its value.
        failures = [_failure(reason) for reason in configuration.reasons(properties.plain(request.news))]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        # Another environment means other ids, never a replacement of the old ones: that would delete.
        same = request.olds == request.news
        return provider_pb2.DiffResponse(changes=_NONE if same else _SOME)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.close()
        config = properties.plain(request.args)
        if reasons := configuration.reasons(config):  # a state may hold what CheckConfig would refuse today
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\n".join(reasons))
        self._environment = PlannedEnvironment(configuration.read(config), self._folder, self._clock)
        if self._eager:
            self._environment.warm_up()
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        if self._environment:
            self._environment.cancel()
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._words(context):
            self._planned = self._planned or request.tok in (tokens.GET_PLAN, tokens.GATE)
            arguments = properties.plain(request.args)
            answer = functions.call(self._served, request.tok, arguments, preview=request.preview)
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(properties.struct(answer))  # a keyword in Python
            return response

    # Resource

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._words(context, request.urn):
            gate, inputs = self._gate(request.urn), request.news
            try:
                news = properties.read(request.news)
                if not gate.as_specified(news):
                    news = news.completed()
                    inputs = properties.struct(news.document())
                self._name_console()
                failures = [*properties.strangers(request.news), *self._taken(news, request.urn)]
                failures = failures or gate.check(properties.values(request.olds), news, self._tell)
            except ValueError as reason:
                failures = [str(reason)]
            if failures:
                # Named in the text: the engine would print the property's whole value beside it.
                return provider_pb2.CheckResponse(inputs=request.news, failures=map(_failure, failures))
            return provider_pb2.CheckResponse(inputs=inputs)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.old_inputs == request.news:
            return provider_pb2.DiffResponse(changes=_NONE, hasDetailedDiff=True)  # which it mostly is
        with self._words(context, request.urn):
            before, after = properties.values(request.old_inputs), properties.read(request.news)
        detailed = {
            properties.property_path(path): provider_pb2.PropertyDiff(kind=kind, inputDiff=True)
            for path, kind in _differing(before, after)
        }
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
        with self._words(context, request.urn):
            news = properties.read(request.properties)
            if request.preview and news.waits_for("/sdkAppId"):
                return provider_pb2.CreateResponse(properties=properties.struct(news.document() | _NOT_YET))
            sdk_app_id = _sdk_app_id(news)
            gate = self._gate(request.urn)
            if request.preview:
                # A missing id, or a refusal, is told now rather than half-way through an update.
                gate.preview(news, self._served.read(sdk_app_id), self._tell)
                written = _NOT_YET
            else:
                written = self._apply(context, sdk_app_id, news, gate)
            return provider_pb2.CreateResponse(
                id=str(sdk_app_id),
                properties=properties.struct(news.document() | {EFFECTIVE_AFTER: ""} | written),
                refresh_before_update=True,
            )

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._words(context, request.urn):
            try:
                observed = self._served.read(_number(request.id))
            except (SpecErrors, UsageError) as error:
                if not request.inputs.fields:
                    raise
                return self._as_last_known(request, error)
            except ConsoleError as error:
                if error.code != NO_SUCH_APPLICATION or not request.properties.fields:
                    raise
                self._tell("warning", f"SDKAppId {request.id} is gone from this account: {error.message}")
                return provider_pb2.ReadResponse()  # without an id: the resource leaves the stack
            known = properties.read(request.inputs)
            if not known.values and (described := self._served.described(observed.sdk_app_id)):
                known = Inputs(described.says)
            live = replace(known, values=properties.live_values(known.values, observed))
            inputs = request.inputs if live == known and request.inputs.fields else properties.struct(live.document())
            outputs = struct_pb2.Struct()
            outputs.CopyFrom(inputs)
            known_after = _effective_after(request.properties)[EFFECTIVE_AFTER]
            # A state that was lost with its run does not know of that run's writes; the journal does.
            outputs.update({EFFECTIVE_AFTER: max(known_after, self._served.effective_after(observed.sdk_app_id))})
            return provider_pb2.ReadResponse(
                id=request.id, inputs=inputs, properties=outputs, refresh_before_update=True
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._words(context, request.urn):
            news = properties.read(request.news)
            outputs = news.document() | _effective_after(request.olds)
            if request.preview:
                outputs |= _NOT_YET
            else:
                reviewed = properties.values(request.old_inputs)
                outputs |= self._apply(context, _number(request.id), news, self._gate(request.urn), reviewed)
            return provider_pb2.UpdateResponse(properties=properties.struct(outputs), refresh_before_update=True)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._words(context, request.urn):
            sdk_app_id, old = _number(request.id), properties.values(request.properties)
            if old.get("/onRemove") == STOP_AUTO and sdk_app_id not in self._checked:
                try:
                    name, owner = str(old.get("/name", _name(request.urn))), str(old.get("/owner", ""))
                    self._stop_automatic(sdk_app_id, name, owner)
                except ConsoleError as error:
                    if error.code != NO_SUCH_APPLICATION:  # what is gone records nothing
                        raise
            return empty_pb2.Empty()

    def _name_console(self) -> None:
        """Once a run: with specs the plan's summary says it."""
        if not self._served.has_specs:
            self._tell_once("info", f"on the {self._served.console.label}")

    def _taken(self, news: Inputs, urn: str) -> Iterator[str]:
        """Refuses a second resource of one application: they would undo each other's settings at every update."""
        sdk_app_id = news.values.get("/sdkAppId")
        if isinstance(sdk_app_id, int):
            first = self._checked.setdefault(sdk_app_id, urn)
            if first != urn:
                yield f"sdkAppId {sdk_app_id} is the resource {_name(first)}'s already"

    def _stop_automatic(self, sdk_app_id: int, name: str, owner: str) -> None:
        """What `onRemove: stop-auto` asks for, unless the stack as a whole goes away.

        A destroyed stack must stop nothing: nobody decided that about this application. Nor must a rename without an
        alias, which is a create and then a delete of one id.
        """
        if not (self._checked or self._planned):
            self._tell("warning", f"{name} ({sdk_app_id}) is recorded as before: destroying a stack stops no recording")
        elif self._served.has_specs and not self._served.stops(sdk_app_id):
            if not self._served.described(sdk_app_id):
                self._tell("warning", f"{name} ({sdk_app_id}) is recorded as before: no plan says that it stops")
        elif self._served.has_specs or self._records_automatically(sdk_app_id):
            self._served.apply(name, sdk_app_id, stopped(name, sdk_app_id, owner), only_stops)
            self._tell("warning", f"{name} ({sdk_app_id}) is no longer recorded automatically: onRemove was stop-auto")

    def _records_automatically(self, sdk_app_id: int) -> bool:
        """Where it is off, or not to be seen, nothing is written: that would switch it on."""
        fields = self._served.console.read(sdk_app_id).fields
        return fields.get("/recording/enabled") is True and fields.get("/recording/mode") == "auto"

    def _as_last_known(self, request: Any, error: ProvisionerError) -> Any:
        """A refresh without readable specs: nothing can be written by them, but a stack can still be destroyed."""
        self._tell_once("warning", f"the console was not read, the last known state stands in for it:\n{error}")
        return provider_pb2.ReadResponse(
            id=request.id, inputs=request.inputs, properties=request.properties, refresh_before_update=True
        )

    def _apply(
        self,
        context: grpc.ServicerContext,
        sdk_app_id: int,
        news: Inputs,
        gate: ResourceGate,
        reviewed: Mapping[str, Value] | None = None,
    ) -> dict[str, Any]:
        desired = dict(news.values)
        name = str(desired.get("/name", gate.name))
        check = gate.review(news, reviewed)
        found: list[Observed] = []

        def look(differences: Diff, observed: Observed) -> None:
            check(differences, observed)
            found.append(observed)

        try:
            applied = self._served.apply(name, sdk_app_id, desired, look)
        except ProvisionerError as error:
            for before in found:
                self._fail_partly(context, before, desired, error)
            raise
        if applied.effective_after is None:
            return {}
        after = timestamp(applied.effective_after)
        self._tell("info", f"takes effect for rooms created after {after}; earlier rooms keep their settings")
        return {EFFECTIVE_AFTER: after}

    def _fail_partly(
        self, context: grpc.ServicerContext, before: Observed, desired: dict[str, Value], error: ProvisionerError
    ) -> None:
        """End the call with what the console holds now, where some of several requests were carried out."""
        try:
            observed = self._served.console.read(before.sdk_app_id)
        except ProvisionerError:
            return  # then nothing is known but the error
        if observed == before:
            return
        live = properties.struct(nest(properties.live_values(desired, observed)) | {EFFECTIVE_AFTER: ""})
        failed = provider_pb2.ErrorResourceInitFailed(
            id=str(before.sdk_app_id), properties=live, reasons=[str(error)], refresh_before_update=True
        )
        detail = any_pb2.Any()
        detail.Pack(failed)
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))

    def _gate(self, urn: str) -> ResourceGate:
        return ResourceGate(_name(urn), self._served)

    def _tell(self, severity: str, text: str) -> None:
        self._log.tell(severity, text)

    def _tell_once(self, severity: str, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(severity, text)

    @property
    def _served(self) -> PlannedEnvironment:
        if self._environment is None:
            raise ProvisionerError("the provider was used before it was configured")
        return self._environment

    @contextmanager
    def _words(self, context: grpc.ServicerContext, urn: str = "") -> Iterator[None]:
        """Errors as status codes with the text that the user reads."""
        with about(urn):
            try:
                yield
            except StoppedError as error:
                context.abort(grpc.StatusCode.CANCELLED, str(error))
            except ConflictError as error:
                context.abort(grpc.StatusCode.ABORTED, str(error))
            except UsageError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            except ProvisionerError as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            except ValueError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


_NOT_YET = {EFFECTIVE_AFTER: UNKNOWN}


def _effective_after(outputs: Any) -> dict[str, Any]:
    """What the last write left; empty before the first."""
    # Not as a whole: every refresh of every resource passes here.
    return {EFFECTIVE_AFTER: outputs.fields[EFFECTIVE_AFTER].string_value if EFFECTIVE_AFTER in outputs.fields else ""}


_NONE = provider_pb2.DiffResponse.DIFF_NONE
_SOME = provider_pb2.DiffResponse.DIFF_SOME
_ADD, _DELETE, _UPDATE = (
    provider_pb2.PropertyDiff.ADD,
    provider_pb2.PropertyDiff.DELETE,
    provider_pb2.PropertyDiff.UPDATE,
)


def _differing(before: Mapping[str, Value], after: Inputs) -> Iterator[tuple[str, Any]]:
    """Paths that differ and that the new inputs speak for, each with how; what is not known yet may differ."""
    for path in sorted(after.unknown):
        held = any(known == path or known.startswith(f"{path}/") for known in before)
        yield path, _UPDATE if held else _ADD
    for path in {**before, **after.values}:
        if after.waits_for(path) or before.get(path) == after.values.get(path):
            continue
        if path not in WIRE or managed(after.values, path):
            yield (
                path,
                _UPDATE if path in before and path in after.values else _ADD if path in after.values else _DELETE,
            )


def _name(urn: str) -> str:
    """What the program calls the resource."""
    return urn.rpartition("::")[2]


def _sdk_app_id(inputs: Inputs) -> int:
    sdk_app_id = inputs.values.get("/sdkAppId")
    if not isinstance(sdk_app_id, int):
        raise UsageError("sdkAppId is missing: it names the application in the TRTC console")
    return sdk_app_id


def _number(resource_id: str) -> int:
    """An imported id is whatever somebody typed."""
    try:
        return int(resource_id)
    except ValueError:
        raise UsageError(f'"{resource_id}" is no SDKAppId', fix="The id of a resource is its SDKAppId.") from None


def _failure(reason: str) -> Any:
    return provider_pb2.CheckFailure(property="", reason=reason)
