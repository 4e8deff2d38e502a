"""Programs without specs: a provider with a console of its own, and resources that no spec describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN

from provisioner.provider import tokens
from provisioner.provider.properties import plain, struct
from provisioner.provider.servicer import ProviderServicer
from provisioner.simulator import Fault
from tests.days import LATER
from tests.project import Project
from tests.provider.engine import Aborted, Context, Told

CONTEXT: Any = Context()
CALL, DESK = 20001001, 20001003
CONFIG = {
    "environment": "dev",
    "tier": "development",
    "site": "intl",
    "region": "ap-singapore",
    "console": {"driver": "embedded"},
}
RECORDING = {
    "enabled": True,
    "mode": "auto",
    "settings": {
        "media": "audio-video",
        "formats": ["mp4"],
        "maxIdleTime": "60s",
        "mixed": {"maxUsers": 8},
        "storage": {"vendor": "vod", "vod": {"subAppId": 1500000010, "retention": "7d"}},
    },
}


@pytest.fixture
def log() -> list[tuple[str, str]]:
    """What the provider told the user."""
    return []


@pytest.fixture
def provider(project: Project, log: list[tuple[str, str]]) -> Iterator[ProviderServicer]:
    """The workspace is gone: only what the embedded console starts with is left of it."""
    (project.root / "environments/dev/environment.yaml").unlink()
    served = ProviderServicer(project.root, log=Told(log))
    served.Configure(provider_pb2.ConfigureRequest(args=struct(CONFIG)), CONTEXT)
    yield served
    served.close()


def resource(**changes: Any) -> dict[str, Any]:
    return {"sdkAppId": CALL, "recording": RECORDING, **changes}


def check(provider: ProviderServicer, news: dict[str, Any], olds: dict[str, Any] | None = None) -> Any:
    urn = "urn:pulumi:dev::shop::trtc:index:RecordingConfiguration::call"
    return provider.Check(provider_pb2.CheckRequest(urn=urn, news=struct(news), olds=struct(olds or {})), CONTEXT)


def reasons(answer: Any) -> list[str]:
    return [failure.reason for failure in answer.failures]


def create(provider: ProviderServicer, inputs: dict[str, Any], *, preview: bool = False) -> Any:
    checked = check(provider, inputs)
    assert reasons(checked) == []
    return provider.Create(provider_pb2.CreateRequest(properties=checked.inputs, preview=preview), CONTEXT)


def config_reasons(provider: ProviderServicer, config: dict[str, Any]) -> list[str]:
    return reasons(provider.CheckConfig(provider_pb2.CheckRequest(news=struct(config)), CONTEXT))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"console": '{"driver": "embedded"}'}, []),
        ({"site": UNKNOWN}, []),
        ({"site": "us"}, ['site takes one of cn, intl, not "us"']),
        ({"console": {"drivr": "embedded"}}, ['console has no key "drivr" (did you mean "driver"?)']),
        ({"console": "embedded"}, ["console: takes an object, such as {driver: tencent}"]),
        (
            {"console": {"driver": "runbook"}},
            ["console.driver takes embedded or tencent here: what people confirm stands beside specs"],
        ),
        (
            {"console": {"driver": "embedded", "endpoint": "127.0.0.1:1"}},
            ["console.endpoint means nothing to the driver embedded"],
        ),
    ],
)
def test_each_key_of_the_configuration_is_checked(
    provider: ProviderServicer, changes: dict[str, Any], told: list[str]
) -> None:
    assert config_reasons(provider, {**CONFIG, **changes}) == told


def test_a_literal_secret_is_refused_and_not_repeated(provider: ProviderServicer) -> None:
    (reason,) = config_reasons(provider, {**CONFIG, "secretKey": "canary-5f3a"})
    assert reason.startswith("secretKey is no setting: credentials are never written into a program or a state.")
    assert "canary" not in reason
    token = {
        "driver": "tencent",
        "credentials": {"gitlab-oidc": {"roleArn": "r", "providerId": "p", "tokenRef": "canary"}},
    }
    (reason,) = config_reasons(provider, {**CONFIG, "console": token})
    assert reason.startswith("console.credentials.gitlab-oidc.tokenRef")
    assert "canary" not in reason


def test_defaults_are_filled_in_and_values_made_canonical(provider: ProviderServicer) -> None:
    checked = plain(check(provider, resource()).inputs)
    settings = checked["recording"]["settings"]
    assert settings["maxIdleTime"] == "1m"
    assert settings["mixed"]["layout"]["kind"] == "grid"
    assert checked["onRemove"] == "retain"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sdkAppID": 5}, 'sdkAppID is no input (did you mean "sdkAppId"?)'),
        ({"recording": {"mode": "auto"}}, "recording.enabled is missing"),
        (
            {"recording": {**RECORDING, "settings": {**RECORDING["settings"], "mixed": {"maxUsers": 9}}}},  # type: ignore[dict-item]
            "recording.settings.mixed.maxUsers: REC031: mixed.maxUsers is 9",
        ),
        (
            {"recording": {**RECORDING, "settings": {**RECORDING["settings"], "resourceExpiry": "3d"}}},  # type: ignore[dict-item]
            "recording.settings.resourceExpiry: REC040: resourceExpiry does not exist in auto mode",
        ),
        ({"intent": {"stop-recoding": {}}}, "intent acknowledges"),
    ],
)
def test_check_refuses_what_the_rules_of_specs_refuse(
    provider: ProviderServicer, changes: dict[str, Any], told: str
) -> None:
    (reason,) = reasons(check(provider, resource(**changes)))
    assert reason.startswith(told)


def test_a_manual_application_needs_no_settings(provider: ProviderServicer) -> None:
    assert reasons(check(provider, {"sdkAppId": DESK, "recording": {"enabled": True, "mode": "manual"}})) == []


def test_defaults_are_nobodys_mistake(provider: ProviderServicer) -> None:
    """What only manual mode has, and acts on nothing in this layout, was never written by anybody."""
    assert reasons(check(provider, resource(recording={**RECORDING, "mode": "manual"}))) == []


def test_two_resources_of_one_application_are_refused(provider: ProviderServicer) -> None:
    assert reasons(check(provider, resource())) == []
    other = provider.Check(provider_pb2.CheckRequest(urn="a::b::c::other", news=struct(resource())), CONTEXT)
    assert reasons(other) == [f"sdkAppId {CALL} is the resource call's already"]


def test_create_writes_what_differs(project: Project, provider: ProviderServicer) -> None:
    created = create(provider, resource())
    assert created.id == str(CALL)
    assert plain(created.properties)["effectiveAfter"].endswith("Z")
    assert project.console("dev").application(CALL).mode == "auto"


def test_what_stops_nothing_is_told(provider: ProviderServicer, log: list[tuple[str, str]]) -> None:
    live = {"sdkAppId": CALL, "recording": {"enabled": True, "mode": "manual"}}
    assert reasons(check(provider, resource(), live)) == []
    console, *findings = log
    assert console == ("info", "on the simulated console (.provisioner/dev/console.sqlite)")
    assert [(severity, text.partition(": Rooms")[0].partition(": The")[0]) for severity, text in findings] == [
        ("warning", "recording.mode: start-recording"),
        ("info", "recording.mode: REC092"),
    ]


def test_unknown_values_survive_a_preview(provider: ProviderServicer) -> None:
    bucket = {**RECORDING, "settings": {**RECORDING["settings"], "storage": UNKNOWN}}  # type: ignore[dict-item]
    created = create(provider, resource(recording=bucket), preview=True)
    assert plain(created.properties)["recording"]["settings"]["storage"] == UNKNOWN
    nobody = create(provider, resource(sdkAppId=UNKNOWN), preview=True)
    assert (nobody.id, plain(nobody.properties)["sdkAppId"]) == ("", UNKNOWN)


def test_an_unknown_value_is_a_change_and_no_deletion(provider: ProviderServicer) -> None:
    old = plain(check(provider, resource()).inputs)
    news = {**old, "recording": {**old["recording"], "settings": {**old["recording"]["settings"], "storage": UNKNOWN}}}
    answer = provider.Diff(provider_pb2.DiffRequest(old_inputs=struct(old), news=struct(news)), CONTEXT)
    kinds = {path: provider_pb2.PropertyDiff.Kind.Name(entry.kind) for path, entry in answer.detailedDiff.items()}
    assert kinds == {"recording.settings.storage": "UPDATE"}


def stopping(**changes: Any) -> dict[str, Any]:
    return {"sdkAppId": CALL, "recording": {"enabled": True, "mode": "manual"}, **changes}


def test_an_unacknowledged_stop_is_refused_at_every_point(project: Project, provider: ProviderServicer) -> None:
    live = plain(create(provider, resource()).properties)
    live.pop("effectiveAfter")
    (reason,) = reasons(check(provider, stopping(), live))
    assert reason.startswith("recording.mode: stop-recording: Rooms created after about 5 to 10 minutes")
    assert "write intent: {stop-recording: {reason: …, expires: YYYY-MM-DD}} in resource call" in reason
    inputs = struct(stopping())
    with pytest.raises(Aborted, match=r"recording\.mode: stop-recording"):
        provider.Create(provider_pb2.CreateRequest(properties=inputs, preview=True), CONTEXT)
    with pytest.raises(Aborted, match="Refused; nothing was written"):
        provider.Update(provider_pb2.UpdateRequest(id=str(CALL), old_inputs=struct(live), news=inputs), CONTEXT)
    assert project.console("dev").application(CALL).mode == "auto"


def test_an_intent_lets_a_stop_pass_and_is_no_difference(project: Project, provider: ProviderServicer) -> None:
    live = plain(create(provider, resource()).properties)
    meant = stopping(intent={"stop-recording": {"reason": "moved", "expires": LATER}})
    checked = check(provider, meant, live)
    assert reasons(checked) == []
    update = provider_pb2.UpdateRequest(id=str(CALL), old_inputs=struct(live), news=checked.inputs)
    provider.Update(update, CONTEXT)
    assert project.console("dev").application(CALL).mode == "manual"
    seen = provider.Read(provider_pb2.ReadRequest(id=str(CALL), inputs=checked.inputs), CONTEXT)
    assert plain(seen.inputs)["intent"] == meant["intent"]  # a refresh shows no change where there is none
    same = provider.Diff(provider_pb2.DiffRequest(old_inputs=struct(stopping()), news=struct(meant)), CONTEXT)
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE
    expired = stopping(intent={"stop-recording": {"reason": "moved", "expires": "2001-01-01"}})
    assert "stop-recording" in reasons(check(provider, expired, live))[0]


LIMITED = {**CONFIG, "limits": '{"maxChanges": 0}'}


def test_a_limit_holds_without_specs_too(project: Project, provider: ProviderServicer) -> None:
    provider.Configure(provider_pb2.ConfigureRequest(args=struct(LIMITED)), CONTEXT)
    checked = check(provider, resource())
    with pytest.raises(Aborted) as refused:
        provider.Create(provider_pb2.CreateRequest(properties=checked.inputs, preview=True), CONTEXT)
    assert str(refused.value) == (
        "Refused; nothing was written:\n"
        "limits.maxChanges: max-changes: 1 applications would change, at most 0.\n"
        "  If it is meant, write intent: {max-changes: {reason: …, expires: YYYY-MM-DD}} in provider configuration."
    )
    meant = {**LIMITED, "intent": {"max-changes": {"reason": "first roll-out", "expires": LATER}}}
    assert config_reasons(provider, meant) == []
    provider.Configure(provider_pb2.ConfigureRequest(args=struct(meant)), CONTEXT)
    assert create(provider, resource()).id == str(CALL)


def test_a_percentage_needs_specs(provider: ProviderServicer) -> None:
    (reason,) = config_reasons(provider, {**CONFIG, "limits": {"maxChangesPercent": 5}})
    assert reason.startswith("limits.maxChangesPercent needs specs")


def test_a_write_that_is_carried_out_in_part_says_what_the_console_holds_now(
    project: Project, provider: ProviderServicer
) -> None:
    checked = check(provider, resource())
    assert project.console("dev").application(CALL).enabled is False
    with project.console("dev") as console:
        console.faults.add(Fault("clock", ("AlterRecording",), seconds=400))
    context: Any = Context()
    with pytest.raises(Aborted, match="SignatureExpire"):
        provider.Create(provider_pb2.CreateRequest(properties=checked.inputs), context)
    status = status_pb2.Status.FromString(context.trailing["grpc-status-details-bin"])
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert (failed.id, failed.refresh_before_update) == (str(CALL), True)
    recording = plain(failed.properties)["recording"]
    assert (recording["enabled"], recording["mode"]) == (True, "manual")
    assert "SignatureExpire" in failed.reasons[0]


def test_a_cancelled_run_begins_no_further_write(project: Project, provider: ProviderServicer) -> None:
    checked = check(provider, resource())
    provider.Cancel(None, CONTEXT)
    request = provider_pb2.CreateRequest(urn="a::b::c::call", properties=checked.inputs)
    with pytest.raises(Aborted) as refused:
        provider.Create(request, CONTEXT)
    assert str(refused.value) == "call: not written, the run was cancelled\n  `pulumi up` again continues."
    assert project.console("dev").application(CALL).mode == "manual"


def test_a_question_makes_no_removal_of_a_destroyed_stack(project: Project, provider: ProviderServicer) -> None:
    old = create(provider, resource(onRemove="stop-auto")).properties
    destroying = ProviderServicer(project.root)  # another process, which runs the program but checks nothing
    destroying.Configure(provider_pb2.ConfigureRequest(args=struct(CONFIG)), CONTEXT)
    invoke(destroying, tokens.GET_APPLICATION, sdkAppId=CALL)
    destroying.Delete(provider_pb2.DeleteRequest(id=str(CALL), properties=old), CONTEXT)
    destroying.close()
    assert project.console("dev").application(CALL).mode == "auto"


def invoke(provider: ProviderServicer, token: str, **arguments: Any) -> dict[str, Any]:
    answer = provider.Invoke(provider_pb2.InvokeRequest(tok=token, args=struct(arguments)), CONTEXT)
    return plain(getattr(answer, "return"))


def test_programs_may_ask_what_the_console_shows(provider: ProviderServicer) -> None:
    shown = invoke(provider, tokens.GET_APPLICATION, sdkAppId=DESK)
    assert (shown["name"], shown["generation"]) == ("support-desk", "new")
    assert shown["recording"]["mode"] == "manual"
    assert str(DESK) in shown["consolePage"]
    listed = invoke(provider, tokens.GET_APPLICATIONS)["applications"]
    assert {entry["name"]: entry["managed"] for entry in listed} == {
        "classroom": False, "support-desk": False, "video-call": False, "webinar-trial": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("token", "arguments", "told"),
    [
        (tokens.GET_APPLICATION, {"sdkAppId": 5}, "SdkAppIdNotExist"),
        (tokens.GET_APPLICATION, {"sdkAppId": "x"}, "getApplication takes sdkAppId, a whole number"),
        (tokens.GET_PLAN, {}, "getPlan compares with specs, and this provider has a console of its own"),
        ("trtc:index:getPlam", {}, 'no function trtc:index:getPlam \\(did you mean "trtc:index:getPlan"'),
    ],
)
def test_functions_fail_in_words(provider: ProviderServicer, token: str, arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(Aborted, match=told):
        invoke(provider, token, **arguments)


def test_a_refresh_without_readable_specs_keeps_the_last_known_state(
    project: Project, log: list[tuple[str, str]]
) -> None:
    """So that a stack whose environment is gone from Git can still be destroyed."""
    (project.root / "environments/dev/environment.yaml").unlink()
    served = ProviderServicer(project.root, log=Told(log))
    served.Configure(provider_pb2.ConfigureRequest(args=struct({"environment": "dev"})), CONTEXT)
    state = struct(resource())
    seen = served.Read(provider_pb2.ReadRequest(id=str(CALL), inputs=state, properties=state), CONTEXT)
    assert seen.inputs == state
    ((severity, text),) = log
    assert severity == "warning"
    assert text.startswith("the console was not read, the last known state stands in for it:")
    with pytest.raises(Aborted, match=r"environment\.yaml"):
        served.Read(provider_pb2.ReadRequest(id=str(CALL)), CONTEXT)  # an import cannot be
    served.close()
