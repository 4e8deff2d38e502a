"""Which parts of a binding an endpoint answers with an ordinary key: told apart from what a capture showed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.console.doctor import examine
from provisioner.console.doctor_checks import Examination
from provisioner.console.embedded.dialect import services_of
from provisioner.console.tencent.binding import load
from provisioner.credentials.source import Caller
from provisioner.foundation.clock import system_clock
from provisioner.report.console.doctor import render_examination
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from provisioner.simulator.actions import ApiCall, SimulatedAction
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.server import LOOPBACK
from tests.console.endpoint import Reply, answers, endpoint, refuses, status
from tests.console.learning import bindings
from tests.project import Project
from tests.simulator.support import TEMPLATE

ACCOUNT = Account("AKIDcanary", "key-canary", "100000000001")
KEYS = {
    "TENCENTCLOUD_SECRET_ID": ACCOUNT.secret_id,
    "TENCENTCLOUD_SECRET_KEY": ACCOUNT.secret_key,
    "NO_PROXY": "127.0.0.1",
}
APPS = [SeedApplication(number, f"app {number}", "new") for number in (20000101, 20000102, 20000103)]
TEMPLATED = replace(APPS[1], enabled=True, template=TEMPLATE)


def examined(project: Project, host: str, binding: str) -> Examination:
    console = f"{{driver: tencent, endpoint: 'http://{host}', binding: {binding}}}"
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", console)
    caller = Caller(KEYS, project.root, project.root)
    return examine(project.environment("prod"), None, caller, system_clock)


def verdicts(found: Examination) -> dict[str, str]:
    return {f"{one.part} {one.action}": one.verdict.value for one in found.answers}


def told(found: Examination) -> str:
    """The section that people read, without the checks above and the fields below."""
    text = render_examination(found)
    return text[text.index("What this endpoint answers") : text.index("\n\nAccess policy")].partition("\n\nField")[0]


def served(project: Project, own: str, *apps: SeedApplication) -> tuple[Examination, list[str]]:
    """What doctor finds where the simulator speaks the binding `own`, and which actions it was asked."""
    name, asked = bindings.write(project.root, bindings.SCRAMBLED[own]()), list[str]()
    spoken = load(name, project.root)
    services = {
        service: {
            version: {action: counted(action, one, asked) for action, one in actions.items()}
            for version, actions in versions.items()
        }
        for service, versions in services_of(spoken).items()
    }
    with ConsoleState(project.root / "served.sqlite") as state:
        state.seed(apps or APPS)
        with ConsoleServer(state, [ACCOUNT], None, services=services, host=LOOPBACK) as server:
            return examined(project, server.endpoint, name), asked


def counted(name: str, action: SimulatedAction, asked: list[str]) -> SimulatedAction:
    def handle(call: ApiCall) -> JsonObject:
        asked.append(name)
        return action.handle(call)

    return replace(action, handle=handle)


def test_an_endpoint_that_speaks_the_binding_answers_each_read_action_once(
    project: Project, snapshot: SnapshotAssertion
) -> None:
    found, asked = served(project, "renamed")
    assert verdicts(found) == {
        "list QueryApps": "answers",
        "read QueryApp": "answers",
        "write SwitchRecord": "not-asked",
        "write SaveRecord": "not-asked",
    }
    assert asked == ["QueryApps", "QueryApp", "DescribeEvents"]
    assert told(found) == snapshot


def test_a_template_of_its_own_is_an_action_of_its_own(project: Project) -> None:
    found, asked = served(project, "template", APPS[0], TEMPLATED, APPS[2])
    assert asked == ["DescribeAppStatList", "DescribeSdkAppInfo", "DescribeTemplate", "DescribeEvents"]
    assert verdicts(found)["template DescribeTemplate"] == "answers"
    assert "lists and reads as the binding says, with an ordinary key." in told(found)


def test_a_template_that_nobody_has_made_is_not_asked(project: Project) -> None:
    found, asked = served(project, "template")
    assert asked == ["DescribeAppStatList", "DescribeSdkAppInfo", "DescribeEvents"]
    (template,) = [one for one in found.answers if one.part == "template"]
    assert (template.verdict.value, template.words) == ("not-asked", "not asked: classroom shows no template's id")
    assert "with an ordinary key. Not known: template." in " ".join(told(found).split())


@pytest.mark.parametrize(
    ("reply", "verdict", "words"),
    [
        (refuses("InvalidAction"), "unknown-action", "does not know the action (InvalidAction)"),
        (refuses("NoSuchVersion"), "unknown-action", "does not know the action (NoSuchVersion)"),
        (refuses("UnsupportedOperation"), "unsupported", "does not support it for this account or key"),
        (refuses("AuthFailure.UnauthorizedOperation"), "not-allowed", "knows this key and does not let it do that"),
        (refuses("AuthFailure.SignatureFailure"), "key-refused", "which says nothing of the action"),
        (refuses("MissingParameter", "Uin"), "other-parameters", "wants other parameters (MissingParameter: Uin)"),
        (refuses("FailedOperation", "\x1b[31mred" + " x" * 4500), "refused", "refused it (FailedOperation: "),
        (answers(Apps=[]), "other-shape", "answers in another shape"),
        (status(200), "no-api", "nothing that speaks the API answered"),
        (status(404), "no-api", "<html>Bad Gateway</html>"),
    ],
)
def test_an_endpoint_that_answers_none_of_it_is_told_in_words(
    project: Project, reply: Reply, verdict: str, words: str
) -> None:
    with endpoint(reply) as there:
        found = examined(project, there.host, "default")
        assert not {action for action, _, _ in there.seen} & {"AlterRecording", "ModifyRecordMode"}
        assert len([action for action, _, _ in there.seen if action != "DescribeEvents"]) <= 2
    assert verdicts(found)["list DescribeAppStatList"] == verdict
    assert words in " ".join(told(found).split())
    assert "\x1b" not in told(found)
    assert max(map(len, told(found).splitlines())) <= 80
    assert len(told(found)) < 3000


def test_what_only_the_page_answers_is_left_to_captures(project: Project, snapshot: SnapshotAssertion) -> None:
    with endpoint(refuses("InvalidAction", "The action does not exist.")) as there:
        found = examined(project, there.host, "default")
    assert told(found) == snapshot


def test_json_says_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with endpoint(refuses("InvalidAction")) as there:
        examined(project, there.host, "default")
        document = project.json("doctor", "prod")
    assert document["endpointAnswers"][1] == {
        "part": "read",
        "action": "DescribeSdkAppInfo",
        "grade": "name-only",
        "answer": "unknown-action",
        "detail": "does not know the action (InvalidAction)",
    }
