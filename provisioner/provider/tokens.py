"""The names that program and provider share."""

PACKAGE = "trtc"
RESOURCE = "trtc:index:RecordingConfiguration"
GET_PLAN = "trtc:index:getPlan"
