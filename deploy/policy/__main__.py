"""The policy pack: each invariant as a policy of its own, mandatory unless a policy group says otherwise."""

from __future__ import annotations

from collections.abc import Callable

from invariants import Inputs, calls_back_over_https, has_owner, is_retained, keeps_files, records
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

RESOURCE = "trtc:index:RecordingConfiguration"


def policy(
    name: str,
    description: str,
    check: Callable[..., str | None],
    settings: PolicyConfigSchema | None = None,
) -> ResourceValidationPolicy:
    """`check` gets the resource's inputs and the policy's settings by name, and answers with a reason or None."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type == RESOURCE:
            inputs: Inputs = args.props
            if reason := check(inputs, **args.get_config()):
                report(f"{inputs.get('name', args.name)}: {reason}", args.urn)

    return ResourceValidationPolicy(name, description, validate, EnforcementLevel.MANDATORY, settings)


PolicyPack(
    "trtc-recording-production",
    policies=[
        policy("records", "Rooms are recorded by the console, or by a backend that says so.", records),
        policy(
            "keeps-files",
            "VOD keeps recordings long enough.",
            keeps_files,
            PolicyConfigSchema({"days": {"type": "integer", "minimum": 1, "default": 90}}),
        ),
        policy(
            "https-callback",
            "Recording events travel encrypted.",
            calls_back_over_https,
            PolicyConfigSchema({"required": {"type": "boolean", "default": False}}),
        ),
        policy(
            "owner",
            "Somebody answers for the application.",
            has_owner,
            PolicyConfigSchema({"prefix": {"type": "string", "default": "@"}}),
        ),
        policy("retained", "Removing a spec stops no recording.", is_retained),
    ],
)
