"""The names that program and provider share."""

PACKAGE = "trtc"
RESOURCE = "trtc:index:RecordingConfiguration"
GET_PLAN = "trtc:index:getPlan"
GATE = "trtc:index:gate"  # this package's own program's, in no schema
GET_APPLICATION = "trtc:index:getApplication"
GET_APPLICATIONS = "trtc:index:getApplications"

SKIP_CHECKPOINTS = "PULUMI_SKIP_CHECKPOINTS"
"""The engine's variable that has the state written once a run, instead of after every step."""

PLAN_VARIABLE = "TRTC_PLAN"
"""The environment variable that names a sealed plan: then nothing but that plan is carried out."""


def type_token(name: str) -> str:
    """The token of one of the package's types."""
    return f"{PACKAGE}:index:{name}"
