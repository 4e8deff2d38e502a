"""The provider's answers to single calls."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from provisioner.provider import tokens
from provisioner.provider.properties import inputs, plain
from provisioner.provider.servicer import ProviderServicer
from provisioner.reconcile.plan.plan import desired_values
from tests.days import LATER
from tests.project import Project
from tests.provider.engine import ROOT, Aborted, Context, Told

CONTEXT: Any = Context()
CALL = 20001001
ENVIRONMENT = "environments/dev/environment.yaml"
MEANT = "removed: {video-call: {reason: Nobody calls any more, expires: 2999-01-01}}\n".replace("2999-01-01", LATER)


def struct(document: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(document)
    return message


@pytest.fixture
def told() -> list[tuple[str, str]]:
    """What the provider told the user."""
    return []


@pytest.fixture
def provider(project: Project, told: list[tuple[str, str]]) -> Iterator[ProviderServicer]:
    served = ProviderServicer(project.root, log=Told(told))
    served.Configure(provider_pb2.ConfigureRequest(args=struct({"environment": "dev"})), CONTEXT)
    yield served
    served.close()


@pytest.fixture
def call(project: Project) -> dict[str, Any]:
    """The inputs of the call application, once everything is applied."""
    project.run("apply", "--yes", "dev")
    app = next(app for app in project.environment("dev").applications if app.name == "video-call")
    return inputs(desired_values(app))


def check(provider: ProviderServicer, news: dict[str, Any]) -> list[str]:
    answer = provider.Check(provider_pb2.CheckRequest(news=struct(news)), CONTEXT)
    return [failure.reason for failure in answer.failures]


def check_config(provider: ProviderServicer, config: dict[str, Any]) -> list[str]:
    answer = provider.CheckConfig(provider_pb2.CheckRequest(news=struct(config)), CONTEXT)
    assert all(failure.property == "" for failure in answer.failures)  # beside a name the engine prints the value
    return [failure.reason for failure in answer.failures]


def diff(provider: ProviderServicer, old: dict[str, Any], new: dict[str, Any]) -> Any:
    return provider.Diff(provider_pb2.DiffRequest(old_inputs=struct(old), news=struct(new)), CONTEXT)


def invoke(provider: ProviderServicer, token: str, **arguments: Any) -> dict[str, Any]:
    answer = provider.Invoke(provider_pb2.InvokeRequest(tok=token, args=struct(arguments)), CONTEXT)
    return plain(getattr(answer, "return"))


def delete(provider: ProviderServicer, properties: dict[str, Any]) -> None:
    provider.Delete(provider_pb2.DeleteRequest(id=str(CALL), properties=struct(properties)), CONTEXT)


def test_config_errors_name_the_key(provider: ProviderServicer) -> None:
    assert check_config(provider, {"enviroment": "dev"}) == [
        'enviroment is no setting (did you mean "environment"?); '
        "it takes environment, tier, site, region, console, limits, intent",
        "environment is missing: it names the folder below environments/, or your own console",
    ]


def test_another_environment_replaces_nothing(provider: ProviderServicer) -> None:
    answer = provider.DiffConfig(
        provider_pb2.DiffRequest(olds=struct({"environment": "dev"}), news=struct({"environment": "prod"})), CONTEXT
    )
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == []


def test_check_names_the_value_and_never_prints_the_id(provider: ProviderServicer, call: dict[str, Any]) -> None:
    call["recording"]["settings"]["maxIdleTime"] = "2s"
    assert check(provider, call) == ["recording.settings.maxIdleTime takes 5s to 24h, not 2s"]
    assert check(provider, {"sdkAppId": UNKNOWN, "recording": {"enabled": True, "mode": "manual"}}) == []


def test_no_difference_is_no_change(provider: ProviderServicer, call: dict[str, Any]) -> None:
    answer = diff(provider, call, call)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_another_id_is_another_resource(provider: ProviderServicer, call: dict[str, Any]) -> None:
    answer = diff(provider, call, {**call, "sdkAppId": 20001002})
    assert list(answer.replaces) == ["sdkAppId"]


def test_create_reads_the_console_also_in_preview(provider: ProviderServicer, call: dict[str, Any]) -> None:
    with pytest.raises(Aborted, match="SdkAppIdNotExist"):
        provider.Create(provider_pb2.CreateRequest(properties=struct({**call, "sdkAppId": 5}), preview=True), CONTEXT)


def test_create_writes_what_differs(project: Project, provider: ProviderServicer, call: dict[str, Any]) -> None:
    call["recording"]["settings"]["maxIdleTime"] = "30s"
    answer = provider.Create(provider_pb2.CreateRequest(properties=struct(call)), CONTEXT)
    assert (answer.id, answer.refresh_before_update) == (str(CALL), True)
    template = project.console("dev").application(CALL).template
    assert template is not None
    assert template["MaxIdleTime"] == 30


def test_update_refuses_a_console_that_moved_since_it_was_shown(
    project: Project, provider: ProviderServicer, call: dict[str, Any]
) -> None:
    console = project.console("dev")
    template = console.application(CALL).template
    assert template is not None
    console.edit(CALL, template={**template, "MaxIdleTime": 300})
    with pytest.raises(Aborted, match="the console changed at /recording/settings/maxIdleTime since it was shown"):
        provider.Update(provider_pb2.UpdateRequest(id=str(CALL), old_inputs=struct(call), news=struct(call)), CONTEXT)
    kept = console.application(CALL).template
    assert kept is not None
    assert kept["MaxIdleTime"] == 300


def test_removing_a_file_leaves_the_console_alone(
    project: Project, provider: ProviderServicer, call: dict[str, Any]
) -> None:
    delete(provider, call)
    assert project.console("dev").application(CALL).mode == "auto"


def test_removing_a_file_stops_automatic_recording_where_it_says_so(
    project: Project, provider: ProviderServicer, call: dict[str, Any]
) -> None:
    (project.root / "environments/dev/apps/video-call.yaml").unlink()
    project.write(ENVIRONMENT, f"{(project.root / ENVIRONMENT).read_text()}{MEANT}")
    held = {"name": "video-call", "sdkAppId": CALL, "owner": "@acme/calls", "onRemove": "stop-auto"}
    assert invoke(provider, tokens.GET_PLAN, known=[held])["refused"] == ""
    delete(provider, {**call, "onRemove": "stop-auto"})
    assert project.console("dev").application(CALL).mode == "manual"


def test_a_removal_that_no_plan_told_of_stops_nothing(
    project: Project, provider: ProviderServicer, told: list[tuple[str, str]], call: dict[str, Any]
) -> None:
    (project.root / "environments/dev/apps/video-call.yaml").unlink()
    invoke(provider, tokens.GET_PLAN)  # the stack's own applications could not be listed
    delete(provider, {**call, "onRemove": "stop-auto"})
    assert project.console("dev").application(CALL).mode == "auto"
    assert told[-1] == ("warning", "video-call (20001001) is recorded as before: no plan says that it stops")


def test_destroying_a_stack_stops_nothing_and_says_so(
    project: Project, provider: ProviderServicer, told: list[tuple[str, str]], call: dict[str, Any]
) -> None:
    (project.root / "environments/dev/apps/video-call.yaml").unlink()
    delete(provider, {**call, "onRemove": "stop-auto"})
    assert project.console("dev").application(CALL).mode == "auto"
    assert told == [("warning", "video-call (20001001) is recorded as before: destroying a stack stops no recording")]


def test_an_application_that_a_spec_still_names_is_never_stopped(
    project: Project, provider: ProviderServicer, call: dict[str, Any]
) -> None:
    delete(provider, {**call, "onRemove": "stop-auto"})
    assert project.console("dev").application(CALL).mode == "auto"


def test_an_application_that_is_gone_leaves_the_stack(
    provider: ProviderServicer, told: list[tuple[str, str]], call: dict[str, Any]
) -> None:
    gone = struct({**call, "sdkAppId": 20009999, "onRemove": "stop-auto"})
    seen = provider.Read(provider_pb2.ReadRequest(id="20009999", inputs=gone, properties=gone), CONTEXT)
    assert seen.id == ""
    assert told[0][1].startswith("SDKAppId 20009999 is gone from this account")
    with pytest.raises(Aborted, match="SdkAppIdNotExist"):
        provider.Read(provider_pb2.ReadRequest(id="20009999"), CONTEXT)  # an import finds nothing
    invoke(provider, tokens.GET_PLAN)
    provider.Delete(provider_pb2.DeleteRequest(id="20009999", properties=gone), CONTEXT)


def test_a_rename_stops_nothing(project: Project, provider: ProviderServicer, call: dict[str, Any]) -> None:
    check(provider, {**call, "name": "renamed"})
    delete(provider, {**call, "onRemove": "stop-auto"})
    assert project.console("dev").application(CALL).mode == "auto"


def test_the_plugin_announces_its_port_first_and_stops_when_asked(project: Project) -> None:
    executable = ROOT / "provisioner/provider/pulumi-resource-trtc"
    with subprocess.Popen([executable], cwd=project.root, stdout=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        port = int(plugin.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty()).version == "0.1.0"
        plugin.send_signal(signal.SIGTERM)
        assert plugin.wait(timeout=10) == 0
