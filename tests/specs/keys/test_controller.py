from __future__ import annotations

import pytest

from provisioner.specs.keys.controller import ControllerChoice
from provisioner.specs.workspace import SpecErrors
from tests.project import Project

DEV, DESK = "environments/dev/environment.yaml", "environments/dev/apps/support-desk.yaml"
DECLARED = "controller: {url: 'https://rec.example.com/a/', tokenRef: env:TOKEN, callbackKeyRefs: [env:NEW, env:OLD]}"
MANUAL = "manual: {start: first-stream, stop: idle, roomIds: string, sdkSecretKeyRef: file:sdk.key%s}"


def declare(project: Project, declared: str = DECLARED, own: str = "") -> None:
    project.edit(DEV, "settings:", f"{declared}\nsettings:")
    project.edit(DESK, "backendRecords: true", f"backendRecords: false\n  {MANUAL % own}")


def test_the_block_as_values(project: Project) -> None:
    declare(project)
    choice = project.environment("dev").controller
    assert choice == ControllerChoice("https://rec.example.com/a", "env:TOKEN", ("env:NEW", "env:OLD"))


def test_no_block_is_no_controller(project: Project) -> None:
    assert project.environment("dev").controller is None


@pytest.mark.parametrize(
    ("own", "keys"), [("", ("env:NEW", "env:OLD")), (", callbackKeyRefs: [env:OWN]", ("env:OWN",))]
)
def test_an_applications_own_keys_replace_the_environments(project: Project, own: str, keys: tuple[str, ...]) -> None:
    declare(project, own=own)
    environment = project.environment("dev")
    desk = next(app for app in environment.applications if app.name == "support-desk")
    assert environment.controller is not None
    assert environment.controller.callback_keys(desk) == keys


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("controller: {url: 'https://rec.example.com'}", f"{DEV}:9:13: REC012 controller needs the key tokenRef"),
        ("controller: {tokenRef: env:A}", f"{DEV}:9:13: REC012 controller needs the key url"),
        (
            "controller: {url: 'ftp://rec.example.com', tokenRef: env:A}",
            f'{DEV}:9:19: REC011 controller.url does not take "ftp://rec.example.com"',
        ),
        (
            "controller: {url: 'https://user:pass@rec.example.com', tokenRef: env:A}",
            f"{DEV}:9:19: REC011 controller.url does not take",
        ),
        (
            "controller: {url: 'https://rec.example.com', tokenRef: the-token-itself}",
            f"{DEV}:9:56: REC011 controller.tokenRef does not take what stands here",
        ),
        (
            "controller: {url: 'https://rec.example.com', tokenRef: env:A, callbackKeyRefs: [the-token-itself]}",
            f"{DEV}:9:81: REC011 controller.callbackKeyRefs.0 does not take what stands here",
        ),
        (
            "controller: {url: 'https://rec.example.com', tokenRef: env:A, callbackKeyRefs: [env:A, env:B, env:C]}",
            f"{DEV}:9:80: REC011 controller.callbackKeyRefs does not take what stands here",
        ),
    ],
)
def test_what_the_block_does_not_take(project: Project, declared: str, message: str) -> None:
    project.edit(DEV, "settings:", f"{declared}\nsettings:")
    with pytest.raises(SpecErrors) as refused:
        project.environment("dev")
    assert message in str(refused.value)
    assert "the-token-itself" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", roomIds: string", "", f"{DESK}:11:11: REC012 recording.manual needs the key roomIds"),
        ("file:sdk.key", "the-key-itself", f"{DESK}:11:79: REC011 recording.manual.sdkSecretKeyRef takes a reference"),
        ("first-stream", "first-steam", 'not "first-steam" (did you mean "first-stream"?)'),
        ("mode: manual ", "mode: auto ", f"{DESK}:11:19: REC040 recording.manual.start does not exist in auto mode"),
    ],
)
def test_what_an_application_may_not_say(project: Project, old: str, new: str, message: str) -> None:
    declare(project)
    project.edit(DESK, old, new)
    with pytest.raises(SpecErrors) as refused:
        project.environment("dev")
    assert message in str(refused.value)
    assert "the-key-itself" not in str(refused.value)


@pytest.mark.parametrize("keys", ["[the-key-itself]", "[env:A, the-key-itself]", "the-key-itself"])
def test_callback_keys_written_out_are_refused_and_not_echoed(project: Project, keys: str) -> None:
    declare(project, own=f", callbackKeyRefs: {keys}")
    with pytest.raises(SpecErrors) as refused:
        project.environment("dev")
    assert "recording.manual.callbackKeyRefs takes a" in str(refused.value)
    assert "the-key-itself" not in str(refused.value)
