"""Recording settings in a program of your own: no specs, typed arguments, values from other resources."""

import pulumi

from provisioner.api import Provider, RecordingConfiguration, get_application

console = Provider(
    "example",
    environment="example",
    tier="development",
    site="intl",
    region="ap-singapore",
    console={"driver": "embedded"},  # a simulator inside the plugin; `driver: tencent` for an account
    limits={"maxChanges": 5},
)

# In a real program the id of the VOD sub-application is another resource's output.
archive = pulumi.Output.from_input(1500000010)

call = RecordingConfiguration(
    "video-call",
    sdk_app_id=20001001,
    owner="@acme/calls",
    recording={
        "enabled": True,
        "mode": "auto",
        "expectedParticipants": 2,
        "settings": {
            "media": "audio-video",
            "formats": ["mp4"],
            "maxIdleTime": "5s",
            "mixed": {"maxUsers": 8, "video": {"width": 1280, "height": 720}},
            "storage": {"vendor": "vod", "vod": {"subAppId": archive, "retention": "90d"}},
        },
    },
    # The application exists: the first `up` shows what differs from it, field by field.
    opts=pulumi.ResourceOptions(provider=console, import_="20001001"),
)

seen = get_application(20001002, pulumi.InvokeOptions(provider=console))

pulumi.export("effectiveAfter", call.effective_after)
pulumi.export("classroom", {"mode": seen["recording"]["mode"], "consolePage": seen["consolePage"]})
