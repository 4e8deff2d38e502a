"""What a `RecordingConfiguration` and a `Provider` take, as typed dictionaries.

Written by `python -m provisioner.provider.package` from the field table; the keys are those of specs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from pulumi import Input


class Console(TypedDict):
    """The console that this environment's applications live in."""

    driver: Input[str]
    """Which console: the embedded simulator, Tencent Cloud, or one that people change."""

    readOnly: NotRequired[Input[bool]]
    """Refuse every write to this console."""

    endpoint: NotRequired[Input[str]]
    """Host of the API where it is not the site's own; tencent and runbook."""

    binding: NotRequired[Input[str]]
    """A shipped binding's name, or a file of the project such as bindings/ours.yaml."""

    caFile: NotRequired[Input[str]]
    """PEM bundle of the project to trust instead of the system's; tencent and runbook."""

    callsPerSecond: NotRequired[Input[int]]
    """Calls of one action a second; the service allows 20."""

    accept: NotRequired[Input[Sequence[Input[str]]]]
    """Undocumented entries of the binding that writes may use: action:NAME, field:/PATH, or a grade such as observed,
    for all that are known that well.
    """

    credentials: NotRequired[Input[Mapping[str, Mapping[str, str]]]]
    """Where credentials come from, by name and never by value: {profile: {name: ci}}, as in environment.yaml. Left out:
    the variables TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _TOKEN.
    """


class Acknowledgement(TypedDict):
    """One consequence that is meant."""

    reason: Input[str]
    """Why, in a sentence."""

    expires: Input[str]
    """Last day it holds, YYYY-MM-DD."""


class CallsWebhook(TypedDict):
    """Where events of calls go, set as a whole. Out of the specs, it stays as the service has it."""

    url: Input[str]
    """Receives TUICallKit's events of calls; one address for each SDKAppId. Takes an http or https address; at most
    2083 characters. Required. [TUICallKit webhooks over REST]
    """

    events: Input[Sequence[Input[str]]]
    """Which events are sent there; record-changed carries recording events with the call's id. Takes a list of start-
    call, end-call, member-changed, record-changed. Required. [TUICallKit webhooks over REST]
    """


class Calls(TypedDict):
    """TUICallKit's calls: who is told of them."""

    webhook: NotRequired[Input[CallsWebhook]]
    """Where events of calls go, set as a whole. Out of the specs, it stays as the service has it."""

    sdkSecretKeyRef: Input[str]
    """The application's SDKSecretKey, by reference: the administrator's UserSig is made of it, here. Takes a reference
    (env:NAME or file:PATH), never the secret itself. Required. [TUICallKit webhooks over REST]
    """

    admin: NotRequired[Input[str]]
    """The application's administrator account, as which the webhook is read and set. Takes an administrator's UserId;
    at most 64 characters. Default: administrator. [TUICallKit webhooks over REST]
    """


class Callback(TypedDict):
    """Where recording events go."""

    url: NotRequired[Input[str]]
    """Receives recording events. Takes an http or https address; at most 2083 characters. [callback guide]"""

    keyRef: NotRequired[Input[str]]
    """Key that signs recording events, by reference; at most 32 letters and digits. Takes a reference (env:NAME or
    file:PATH), never the secret itself. [callback guide]
    """


class StorageS3(TypedDict):
    """AWS S3."""

    region: NotRequired[Input[str]]
    """Bucket region. Takes a region such as ap-singapore; at most 64 characters. [API reference: CloudStorage]"""

    bucket: NotRequired[Input[str]]
    """Bucket name. Takes a bucket name; at most 63 characters. [API reference: CloudStorage]"""

    prefix: NotRequired[Input[str]]
    """Folder that files are written to. Takes folders of letters, digits, _ and -; at most 256 characters. [API
    reference: CloudStorage]
    """

    accessKeyRef: NotRequired[Input[str]]
    """Access key, by reference. Takes a reference (env:NAME or file:PATH), never the secret itself. [API reference:
    CloudStorage]
    """

    secretKeyRef: NotRequired[Input[str]]
    """Secret key, by reference. Takes a reference (env:NAME or file:PATH), never the secret itself. [API reference:
    CloudStorage]
    """

    endpoint: NotRequired[Input[str]]
    """Host of a store that speaks S3 and is not AWS. Takes a host such as ACCOUNT.r2.cloudflarestorage.com; at most 253
    characters. Only in manual mode. Only the newest API description of the international site has it (EndpointUrl).
    [API reference: CloudStorage]
    """


class StorageCos(TypedDict):
    """Tencent Cloud COS."""

    region: NotRequired[Input[str]]
    """Bucket region. Takes a region such as ap-singapore; at most 64 characters. [API reference: CloudStorage]"""

    bucket: NotRequired[Input[str]]
    """Bucket name. Takes a bucket name; at most 63 characters. [API reference: CloudStorage]"""

    prefix: NotRequired[Input[str]]
    """Folder that files are written to. Takes folders of letters, digits, _ and -; at most 256 characters. [API
    reference: CloudStorage]
    """

    accessKeyRef: NotRequired[Input[str]]
    """Access key, by reference. Takes a reference (env:NAME or file:PATH), never the secret itself. [API reference:
    CloudStorage]
    """

    secretKeyRef: NotRequired[Input[str]]
    """Secret key, by reference. Takes a reference (env:NAME or file:PATH), never the secret itself. [API reference:
    CloudStorage]
    """


class StorageVod(TypedDict):
    """Tencent Cloud VOD."""

    subAppId: NotRequired[Input[int]]
    """VOD application, of the standard type: files in a hosted one cannot be played from VOD's domain. Takes 1 to
    9999999999. The page lets it be left out for the account's main application; here it is always named. [API
    reference: TencentVod]
    """

    retention: NotRequired[Input[str]]
    """How long VOD keeps a file. Takes 1d to 3650d in multiples of 1d or forever. Default: forever. [API reference:
    TencentVod]
    """

    procedure: NotRequired[Input[str]]
    """VOD task flow run on each file. Takes a task-flow template's name; at most 256 characters. [API reference:
    TencentVod]
    """

    classId: NotRequired[Input[int]]
    """VOD category. Takes 0 to 2147483647. Default: 0. [API reference: TencentVod]"""

    region: NotRequired[Input[str]]
    """VOD storage region. Takes a region such as ap-singapore; at most 64 characters. [API reference: TencentVod]"""

    sessionContext: NotRequired[Input[str]]
    """Handed back by the callback of VOD's task flow. Takes a line of text; at most 1000 characters. How long it may be
    is VOD's own limit (VOD API reference); recording's pages state none. [API reference: TencentVod]
    """

    sourceContext: NotRequired[Input[str]]
    """Handed back by the callback of VOD's upload. Takes a line of text; at most 250 characters. How long it may be is
    VOD's own limit (VOD API reference); recording's pages state none. [API reference: TencentVod]
    """


class Storage(TypedDict):
    """Where files go. One file names one storage; after merging only the block that vendor names counts."""

    vendor: NotRequired[Input[str]]
    """Where files go: VOD, Tencent COS or AWS S3. Only the block it names counts. Takes one of vod, cos, s3. [API
    reference: StorageParams]
    """

    vod: NotRequired[Input[StorageVod]]
    """Tencent Cloud VOD."""

    cos: NotRequired[Input[StorageCos]]
    """Tencent Cloud COS."""

    s3: NotRequired[Input[StorageS3]]
    """AWS S3."""


class MixedAudio(TypedDict):
    """How the mixed sound is encoded."""

    sampleRate: NotRequired[Input[str]]
    """Audio sample rate. Takes one of 48kHz, 44.1kHz, 16kHz. Default: 48kHz. [API reference: AudioParams]"""

    channels: NotRequired[Input[int]]
    """1 mono, 2 stereo. Takes 1 to 2. Default: 2. [API reference: AudioParams]"""

    bitrate: NotRequired[Input[str]]
    """Audio bit rate. Takes 32kbps to 128kbps. Default: 64kbps. [API reference: AudioParams]"""


class MixedVideo(TypedDict):
    """How the mixed picture is encoded."""

    width: NotRequired[Input[int]]
    """Picture width in pixels; width times height is at most 1920 by 1080. Takes 16 to 1920. Default: 360. No page
    states a lower bound; 16 is this tool's. [API reference: VideoParams]
    """

    height: NotRequired[Input[int]]
    """Picture height in pixels; width times height is at most 1920 by 1080. Takes 16 to 1920. Default: 640. No page
    states a lower bound; 16 is this tool's. [API reference: VideoParams]
    """

    fps: NotRequired[Input[int]]
    """Frames a second. Takes 1 to 60. Default: 15. [API reference: VideoParams]"""

    bitrate: NotRequired[Input[str]]
    """Video bit rate. Takes 64kbps to 8192kbps. Default: 550kbps. [API reference: VideoParams]"""

    gop: NotRequired[Input[str]]
    """Time between key frames. Takes 1s to 60s. Default: 10s. No page states a range; this one is this tool's. [API
    reference: VideoParams]
    """


class MixedLayoutWatermarkTimestamp(TypedDict):
    """The time of day."""

    position: Input[str]
    """Where the time of day stands. Takes one of top-left, top-right, bottom-left, bottom-right, top-center, bottom-
    center, center. Required. Only in manual mode. [API reference: WaterMarkTimestamp]
    """

    timeZone: NotRequired[Input[str]]
    """In which time zone, by its hours east of UTC. Takes one of UTC+0, UTC+1, UTC+2, UTC+3, UTC+4, UTC+5, UTC+6,
    UTC+7, UTC+8, UTC+9, UTC+10, UTC+11, UTC+12, UTC+13, UTC+14. Default: UTC+8. Only in manual mode. No page states
    a range; the API describes a number without a sign, so there is nothing west of UTC. [API reference:
    WaterMarkTimestamp]
    """

    font: NotRequired[Input[str]]
    """Font. Takes one of tencent, source-han-sans. Default: tencent. Only in manual mode. The API description of the
    international site lacks it. [API reference: WaterMarkTimestamp]
    """


class MixedLayoutWatermarkText(TypedDict):
    """Words."""

    content: Input[str]
    """The words. Takes a line of text; at most 256 characters. Required. Only in manual mode. [API reference:
    WaterMarkChar]
    """

    top: Input[int]
    """Distance of the watermark's upper edge from the canvas's, in pixels of mixed.video. Takes 0 to 1920. Required.
    Only in manual mode. [API reference: WaterMarkChar]
    """

    left: Input[int]
    """Distance of the watermark's left edge from the canvas's, in pixels of mixed.video. Takes 0 to 1920. Required.
    Only in manual mode. [API reference: WaterMarkChar]
    """

    width: Input[int]
    """Width of the watermark, in pixels of mixed.video. Takes 0 to 1920. Required. Only in manual mode. [API reference:
    WaterMarkChar]
    """

    height: Input[int]
    """Height of the watermark, in pixels of mixed.video. Takes 0 to 1920. Required. Only in manual mode. [API
    reference: WaterMarkChar]
    """

    fontSize: NotRequired[Input[int]]
    """Size of the letters, in pixels. Takes 1 to 1920. Default: 14. Only in manual mode. No page states a range; this
    one is the canvas's. [API reference: WaterMarkChar]
    """

    fontColor: NotRequired[Input[str]]
    """Colour of the letters. Takes a colour such as #000000; at most 7 characters. Default: #FFFFFF. Only in manual
    mode. No page states how a colour is written here; it is written like the background's. [API reference:
    WaterMarkChar]
    """

    background: NotRequired[Input[str]]
    """Colour behind the letters; none without it. Takes a colour such as #000000; at most 7 characters. Only in manual
    mode. [API reference: WaterMarkChar]
    """

    font: NotRequired[Input[str]]
    """Font. Takes one of tencent, source-han-sans. Default: tencent. Only in manual mode. The API description of the
    international site lacks it. [API reference: WaterMarkChar]
    """


class MixedLayoutWatermarkImage(TypedDict):
    """A picture."""

    url: Input[str]
    """The picture, of at most 5 MB. Takes an http or https address of a jpg, jpeg or png; at most 2048 characters.
    Required. Only in manual mode. [API reference: WaterMarkImage]
    """

    top: Input[int]
    """Distance of the watermark's upper edge from the canvas's, in pixels of mixed.video. Takes 0 to 2560. Required.
    Only in manual mode. The page says up to 2560, but a canvas has at most 1920 pixels a side; the canvas decides.
    [API reference: WaterMarkImage]
    """

    left: Input[int]
    """Distance of the watermark's left edge from the canvas's, in pixels of mixed.video. Takes 0 to 2560. Required.
    Only in manual mode. The page says up to 2560, but a canvas has at most 1920 pixels a side; the canvas decides.
    [API reference: WaterMarkImage]
    """

    width: Input[int]
    """Width of the watermark, in pixels of mixed.video. Takes 0 to 2560. Required. Only in manual mode. The page says
    up to 2560, but a canvas has at most 1920 pixels a side; the canvas decides. [API reference: WaterMarkImage]
    """

    height: Input[int]
    """Height of the watermark, in pixels of mixed.video. Takes 0 to 2560. Required. Only in manual mode. The page says
    up to 2560, but a canvas has at most 1920 pixels a side; the canvas decides. [API reference: WaterMarkImage]
    """


class MixedLayoutWatermark(TypedDict):
    """One watermark: image, text or timestamp."""

    image: NotRequired[Input[MixedLayoutWatermarkImage]]
    """A picture."""

    text: NotRequired[Input[MixedLayoutWatermarkText]]
    """Words."""

    timestamp: NotRequired[Input[MixedLayoutWatermarkTimestamp]]
    """The time of day."""


class MixedLayoutPane(TypedDict):
    """One tile."""

    top: Input[int]
    """Distance of the pane's upper edge from the canvas's, in pixels of mixed.video. Takes 0 to 1920. Required. Only in
    manual mode. [API reference: MixLayout]
    """

    left: Input[int]
    """Distance of the pane's left edge from the canvas's, in pixels of mixed.video. Takes 0 to 1920. Required. Only in
    manual mode. [API reference: MixLayout]
    """

    width: Input[int]
    """Width of the pane, in pixels of mixed.video. Takes 0 to 1920. Required. Only in manual mode. [API reference:
    MixLayout]
    """

    height: Input[int]
    """Height of the pane, in pixels of mixed.video. Takes 0 to 1920. Required. Only in manual mode. [API reference:
    MixLayout]
    """

    user: NotRequired[Input[str]]
    """Whose picture it shows. Panes without a user are filled by who enters first, in the order of their names. Takes a
    UserId; at most 64 characters. Only in manual mode. [API reference: MixLayout]
    """

    stream: NotRequired[Input[str]]
    """Which of the user's streams: the camera (main) or the shared screen (aux). Takes one of main, aux. Default: main.
    Only in manual mode. [API reference: MixLayout]
    """

    renderMode: NotRequired[Input[str]]
    """How a picture of other proportions fills the pane. Takes one of stretch, crop, letterbox, smart-stretch. Default:
    crop. Only in manual mode. [API reference: MixLayout]
    """

    transparency: NotRequired[Input[int]]
    """From 0, opaque, to 255, invisible. The API calls it Alpha, which elsewhere counts the other way. Takes 0 to 255.
    Default: 0. Only in manual mode. [API reference: MixLayout]
    """

    layer: NotRequired[Input[int]]
    """Which pane covers which: the higher one. Takes 0 to 24. Default: 0. Only in manual mode. No page states a range;
    25 panes need no more. [API reference: MixLayout]
    """

    placeholderImage: NotRequired[Input[str]]
    """Placeholder image of at most 2K and 5 MB; needs placeholders. Takes an http or https address of a jpg, jpeg or
    png; at most 2048 characters. Only in manual mode. [API reference: MixLayout]
    """


class MixedLayout(TypedDict):
    """How the mixed picture is laid out."""

    kind: NotRequired[Input[str]]
    """How the mixed picture is laid out. custom, with panes, is for manual mode only. Takes one of grid, screen-share,
    floating, custom. Default: grid. [API reference: MixLayoutParams; on-cloud recording guide]
    """

    bigPicture: NotRequired[Input[str]]
    """Who fills the large tile; screen-share and floating only. An automatic recording takes a UserId prefix: nobody
    who fits leaves the tile empty, and of several the first to enter has it. Over REST it is one UserId. Takes a
    UserId; at most 64 characters. [API reference: MixLayoutParams; on-cloud recording guide]
    """

    background: NotRequired[Input[str]]
    """Background colour. Takes a colour such as #000000; at most 7 characters. Default: #000000. [API reference:
    MixLayoutParams; on-cloud recording guide]
    """

    bigPictureStream: NotRequired[Input[str]]
    """Which stream of bigPicture's user fills the large tile: the camera (main) or the shared screen (aux). Takes one
    of main, aux. Default: main. Only in manual mode. [API reference: MixLayoutParams]
    """

    bigPictureSide: NotRequired[Input[str]]
    """On which side the large tile stands; screen-share only. Takes one of left, right. Default: left. Only in manual
    mode. [API reference: MixLayoutParams]
    """

    renderMode: NotRequired[Input[str]]
    """How a picture of other proportions fills its tile: stretch distorts, crop cuts, letterbox leaves bars, smart-
    stretch cuts at most a fifth. Not in a custom layout, where each pane has its own. Takes one of stretch, crop,
    letterbox, smart-stretch. Only in manual mode. [API reference: MixLayoutParams]
    """

    hideAudioOnly: NotRequired[Input[bool]]
    """Whether users who send no video take no tile. Not in a custom layout. Takes true or false. Default: false. Only
    in manual mode. [API reference: MixLayoutParams]
    """

    backgroundImage: NotRequired[Input[str]]
    """Background image of at most 2K and 5 MB. Takes an http or https address of a jpg, jpeg or png; at most 2048
    characters. Only in manual mode. [API reference: MixLayoutParams]
    """

    backgroundImageRenderMode: NotRequired[Input[str]]
    """How backgroundImage fills a canvas of other proportions. Takes one of stretch, crop, letterbox, smart-stretch.
    Only in manual mode. [API reference: MixLayoutParams]
    """

    placeholders: NotRequired[Input[bool]]
    """Whether a placeholder image stands in for a user who sends neither audio nor video. Takes true or false. Default:
    false. Only in manual mode. [API reference: MixLayoutParams]
    """

    placeholderImage: NotRequired[Input[str]]
    """Placeholder image of at most 2K and 5 MB, for every tile that has none of its own; needs placeholders. Takes an
    http or https address of a jpg, jpeg or png; at most 2048 characters. Only in manual mode. [API reference:
    MixLayoutParams]
    """

    panes: NotRequired[Input[Mapping[str, Input[MixedLayoutPane]]]]
    """The tiles of a custom layout, by name; at most 25, manual mode only."""

    watermarks: NotRequired[Input[Mapping[str, Input[MixedLayoutWatermark]]]]
    """What lies over the picture, by name; at most 25, manual mode only."""


class Mixed(TypedDict):
    """One file for the whole room. An empty block is a mixed recording by its defaults."""

    maxUsers: NotRequired[Input[int]]
    """How many users' streams one mixed file shows: at most 8 by the automatic template, 25 by REST. The streams of
    users beyond it are not recorded. Takes 1 to 25. Default: 8. Over REST the limit is 25 (API reference), or 24 in
    some pages. [TUICallKit cloud recording]
    """

    streams: NotRequired[Input[str]]
    """Which of a user's streams are recorded. Takes one of main-and-aux, main, aux. Default: main-and-aux. Only in
    manual mode. No page says that the console's template has it for a mixed recording; REST calls do. [API
    reference: RecordParams]
    """

    fill: NotRequired[Input[str]]
    """What fills the picture while a user's video is off. Takes one of last-frame, black. Default: last-frame. Only in
    manual mode. No page says that the console's template has it for a mixed recording; REST calls do. [API
    reference: RecordParams]
    """

    layout: NotRequired[Input[MixedLayout]]
    """How the mixed picture is laid out."""

    video: NotRequired[Input[MixedVideo]]
    """How the mixed picture is encoded."""

    audio: NotRequired[Input[MixedAudio]]
    """How the mixed sound is encoded."""


class Single(TypedDict):
    """One file for each user and stream."""

    merge: NotRequired[Input[bool]]
    """Whether one user's audio and video share a file. Takes true or false. Default: false. [API reference:
    RecordParams]
    """

    streams: NotRequired[Input[str]]
    """Which of a user's streams are recorded. Takes one of main-and-aux, main, aux. Default: main-and-aux. [API
    reference: RecordParams]
    """

    fill: NotRequired[Input[str]]
    """What fills the picture while a user's video is off. Takes one of last-frame, black. Default: last-frame. [API
    reference: RecordParams]
    """


class SubscribeVideo(TypedDict):
    """Whose video is recorded: allow or block, never both."""

    allow: NotRequired[Input[Sequence[Input[str]]]]
    """Whose video is recorded: UserIds, or prefixes such as class-.*$. Without any list it is everybody's; a task
    records at most 25 streams. Takes a list of at most 32 texts, each a UserId such as alice or a prefix such as
    class-.*$. Only in manual mode. [API reference: SubscribeStreamUserIds]
    """

    block: NotRequired[Input[Sequence[Input[str]]]]
    """Whose video is not recorded: UserIds, or prefixes such as class-.*$. Without any list it is everybody's; a task
    records at most 25 streams. Takes a list of at most 32 texts, each a UserId such as alice or a prefix such as
    class-.*$. Only in manual mode. [API reference: SubscribeStreamUserIds]
    """


class SubscribeAudio(TypedDict):
    """Whose audio is recorded: allow or block, never both."""

    allow: NotRequired[Input[Sequence[Input[str]]]]
    """Whose audio is recorded: UserIds, or prefixes such as class-.*$. Without any list it is everybody's; a task
    records at most 25 streams. Takes a list of at most 32 texts, each a UserId such as alice or a prefix such as
    class-.*$. Only in manual mode. [API reference: SubscribeStreamUserIds]
    """

    block: NotRequired[Input[Sequence[Input[str]]]]
    """Whose audio is not recorded: UserIds, or prefixes such as class-.*$. Without any list it is everybody's; a task
    records at most 25 streams. Takes a list of at most 32 texts, each a UserId such as alice or a prefix such as
    class-.*$. Only in manual mode. [API reference: SubscribeStreamUserIds]
    """


class Subscribe(TypedDict):
    """Whose streams a recording over REST subscribes to; manual mode only."""

    mixRobot: NotRequired[Input[bool]]
    """Whether the robot that sends mixed streams back into the room is recorded too. With anchors recorded as well,
    every voice is heard twice: name in subscribe.audio whom to record. Takes true or false. Default: false. Only in
    manual mode. No page shows it in the console's template; here it is for recordings over REST only. [API
    reference: RecordParams]
    """

    audio: NotRequired[Input[SubscribeAudio]]
    """Whose audio is recorded: allow or block, never both."""

    video: NotRequired[Input[SubscribeVideo]]
    """Whose video is recorded: allow or block, never both."""


class Settings(TypedDict):
    """How it is recorded. Of a manual application they are the backend's contract, stand in no console and may be left
    out.
    """

    media: NotRequired[Input[str]]
    """Which media are recorded. Takes one of audio-video, audio, video. Default: audio-video. [API reference:
    McuRecordParams]
    """

    formats: NotRequired[Input[Sequence[Input[str]]]]
    """File formats. mp4 and aac exclude each other; each format is charged separately. Takes a list of mp4, hls, aac.
    Default: [mp4]. The default is mp4 (API reference: McuRecordParams, TencentVod), or hls over REST to COS and S3
    (RecordParams). Here it is mp4 everywhere. [API reference: McuRecordParams]
    """

    maxIdleTime: Input[str]
    """How long every anchor must be gone before a recording ends. The waiting is charged as audio. Takes 5s to 24h.
    Required. The default is 5s (TUICallKit cloud recording) or 30s (API reference), the lower bound 1s (on-cloud
    recording guide) or 5s (API reference), so it is always written out, and at least 5s. [API reference:
    RecordParams; on-cloud recording guide]
    """

    maxFileDuration: NotRequired[Input[str]]
    """After how long a file is split, in whole minutes; mp4 and aac only. Files also split at 2 GB. Takes 1m to 24h in
    multiples of 1m. Default: 1d. [API reference: McuRecordParams]
    """

    fileNamePrefix: NotRequired[Input[str]]
    """Prefix of every recorded file's name; VOD storage only. Takes letters, digits, _ and -; at most 64 characters.
    TencentVod knows it for recordings over REST only, McuRecordParams for relayed streams. Here it is a part of the
    template too. [API reference: McuRecordParams]
    """

    resourceExpiry: NotRequired[Input[str]]
    """How long a task over REST can be queried, updated and stopped, in whole hours. After that it cannot be stopped
    any more, but goes on recording. Takes 6h to 720h in multiples of 1h. Default: 3d. Only in manual mode. [API
    reference: CreateCloudRecording]
    """

    subscribe: NotRequired[Input[Subscribe]]
    """Whose streams a recording over REST subscribes to; manual mode only."""

    single: NotRequired[Input[Single]]
    """One file for each user and stream."""

    mixed: NotRequired[Input[Mixed]]
    """One file for the whole room. An empty block is a mixed recording by its defaults."""

    storage: NotRequired[Input[Storage]]
    """Where files go. One file names one storage; after merging only the block that vendor names counts."""

    callback: NotRequired[Input[Callback]]
    """Where recording events go."""


class Manual(TypedDict):
    """How the controller carries out recordings over REST; without it the business backend does. Manual mode only."""

    start: Input[str]
    """What makes the controller start a recording: the backend's word that a call began (TUICallKit: onCallBegin), the
    first stream that somebody sends in a room, or the room's creation. Takes one of backend, first-stream, room-
    created. Required. Only in manual mode. [TUICallKit cloud recording]
    """

    stop: NotRequired[Input[str]]
    """What ends a recording: the room's dismissal, at which the controller stops it, or maxIdleTime alone. Takes one of
    dismissed, idle. Default: dismissed. Only in manual mode. [TUICallKit cloud recording]
    """

    roomIds: Input[str]
    """Whether the application's rooms have numbers or names. Number 1234 and name 1234 are two rooms, and a recording
    of the wrong one waits for nobody. Takes one of number, string. Required. Only in manual mode. [API reference:
    CreateCloudRecording]
    """

    sdkSecretKeyRef: Input[str]
    """The application's SDKSecretKey, by reference: the recording robot's UserSig is made of it. Takes a reference
    (env:NAME or file:PATH), never the secret itself. Required. Only in manual mode. [API reference:
    CreateCloudRecording]
    """

    privateMapKey: NotRequired[Input[bool]]
    """Whether the application's rooms are entered with a PrivateMapKey (advanced permission control); the robot's is
    made of sdkSecretKeyRef too. Takes true or false. Default: false. Only in manual mode. [API reference:
    CreateCloudRecording]
    """

    callbackKeyRefs: NotRequired[Input[Sequence[Input[str]]]]
    """Keys that sign this application's callbacks, by reference: one, or two while one replaces the other. Without them
    the environment's controller.callbackKeyRefs hold. Takes a list of at most 2 references (env:NAME or file:PATH),
    never the secrets themselves. Only in manual mode. [callback guide]
    """


class Recording(TypedDict):
    """Whether and how rooms of an application are recorded."""

    enabled: Input[bool]
    """Whether cloud recording is on. Once new-type recording is on, the console cannot switch it off. Takes true or
    false. Required. [console guide: function configuration; TUICallKit cloud recording]
    """

    mode: Input[str]
    """auto: every room records by the console's template. manual: the backend starts recordings over REST. Takes one of
    auto, manual. Required. [console guide: function configuration; TUICallKit cloud recording]
    """

    backendRecords: NotRequired[Input[bool]]
    """Whether the business backend also calls CreateCloudRecording. With auto that is two files and two fees. Takes
    true or false. Default: false. [console guide: function configuration; TUICallKit cloud recording]
    """

    expectedParticipants: NotRequired[Input[int]]
    """The most people who publish in one room; checked against mixed.maxUsers. Takes 1 to 10000. [this tool]"""

    template: NotRequired[Input[str]]
    """The template that the settings start from, with its version. Takes a pinned template such as call@v1; at most 80
    characters. [this tool]
    """

    manual: NotRequired[Input[Manual]]
    """How the controller carries out recordings over REST; without it the business backend does. Manual mode only."""

    settings: NotRequired[Input[Settings]]
    """How it is recorded. Of a manual application they are the backend's contract, stand in no console and may be left
    out.
    """
