"""In a real browser: the sheet typed into the page, its HAR exported, and the binding that the page had is learned."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.page.page_app import with_page
from provisioner.console.learning.sheet import APPLICATION, Round, rounds
from provisioner.console.tencent.binding import Binding, load
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codes
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from tests.browser.chromium import PROGRAM, Tab, browser
from tests.console.learning import bindings
from tests.console.learning.measure import measured
from tests.console.learning.session import APP, NEIGHBOURS
from tests.console.learning.test_learner import MAKERS
from tests.profiles import LONG
from tests.project import Project

pytestmark = pytest.mark.skipif(
    not PROGRAM, reason="no Chromium: nobody looks at the page (apt-get install --no-install-recommends chromium)"
)

_ALWAYS = ("default", "template")
ACCOUNT = Account("AKIDx", "key", "100000000001")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def fill(tab: Tab, path: str, value: Value | None) -> None:
    """One control of the page, in the page's own units."""
    named = json.dumps(f'[name="{path}"]')
    if tab.run(f"document.querySelector({named}).type === 'checkbox'"):
        words = json.dumps(value or [])
        click = f"(it) => {{ it.checked !== {words}.includes(it.value) && it.click(); }}"
        tab.run(f"document.querySelectorAll({named}).forEach({click})")
        return
    word = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if tab.run(f"document.querySelector({named}).tagName === 'SELECT'"):
        tab.run(f"document.querySelector({named}).value = {json.dumps(word)}")
        return
    unit = tab.run(f"document.querySelector({named}).dataset.unit ?? null")
    if isinstance(value, Quantity) and unit and not isinstance(CONSOLE_WIRE[path].codec, Codes):
        note = tab.run(f"document.querySelector({named}).parentElement.querySelector('small').textContent")
        ever = note.partition("; ")[2].partition(" ")[0]
        word = ever if value.amount is None else str(round(value.amount / float(unit)))
    tab.write(f'[name="{path}"]', word)


def type_round(tab: Tab, one: Round, before: Mapping[str, Value]) -> None:
    for path in CONSOLE_WIRE:
        if one.values.get(path) != before.get(path) or (path in one.values and path.endswith("Ref")):
            fill(tab, path, one.values.get(path))
    tab.run("document.getElementById('save').click()")
    tab.wait("!document.getElementById('save').disabled")
    assert tab.run("document.getElementById('problem').textContent") == ""
    assert tab.run("document.getElementById('status').textContent").startswith("Saved")
    tab.reload()
    tab.wait("document.body.dataset.ready === 'yes'")


def afternoon(tab: Tab, endpoint: str) -> dict[str, object]:
    """The sheet, from the list to the ninth round; answers the HAR."""
    tab.entries.clear()
    tab.har()
    tab.entries.clear()
    for query in ("", "?rows=2", "?rows=2&page=2"):
        tab.open(f"http://{endpoint}/{query}")
        tab.wait("document.body.dataset.ready === 'yes'")
    tab.open(f"http://{endpoint}/apps/{APP}")
    tab.wait("document.body.dataset.ready === 'yes'")
    before: Mapping[str, Value] = {"/recording/enabled": False, "/recording/mode": "manual"}
    for one in rounds():
        type_round(tab, one, before)
        before = one.values
    return tab.har()


def state_of(path: Path) -> ConsoleState:
    state = ConsoleState(path)
    state.seed([*NEIGHBOURS, SeedApplication(APP, APPLICATION, "new")])
    return state


def serve(state: ConsoleState, binding: Binding) -> ConsoleServer:
    front = with_page(state, binding, "the console of a test")
    return ConsoleServer(state, [ACCOUNT], None, services=services_of(binding), front=front)


@pytest.mark.parametrize("name", MAKERS)
def test_the_sheet_typed_into_the_page_teaches_its_binding_and_apply_converges(
    name: str, tab: Tab, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in _ALWAYS and settings.get_current_profile_name() != LONG:
        pytest.skip("one scrambled binding is enough by day; all of them: make test-long")
    given = "default" if name == "default" else bindings.write(project.root, MAKERS[name]())
    binding = load(given, project.root)
    with state_of(project.root / "page.sqlite") as state, serve(state, binding) as server:
        project.write("page.har", json.dumps(afternoon(tab, server.endpoint)))
        ran = project.run("console", "learn", "page.har", "--into", "bindings/learned.yaml")
        assert ran.code == 0, ran.out + ran.err
        recall, precision, missed, wrong = measured(project.root, given, "bindings/learned.yaml")
        print(f"{name}: recall {recall:.1%}, precision {precision:.1%}, missed {missed}")
        assert wrong == []
        assert precision == 1
        assert recall >= 0.95, missed

        monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", ACCOUNT.secret_id)
        monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", ACCOUNT.secret_key)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        state.seed([SeedApplication(20_000_103, "classroom", "new")])
        apply_by(project, server.endpoint, told=name != "flat")


def apply_by(project: Project, endpoint: str, *, told: bool) -> None:
    """The learned binding alone carries a plan out, and then nothing differs.

    Unless it is `told`, nobody knows whether keys are set: answers without nesting have no object that would tell.
    """
    for name in ("video-call", "support-desk"):
        (project.root / f"environments/prod/apps/{name}.yaml").unlink()
    learned = f"{{driver: tencent, endpoint: 'http://{endpoint}', binding: bindings/learned.yaml, accept: [observed]}}"
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", learned)
    project.edit("environments/prod/apps/classroom.yaml", "sdkAppId: 20000102", "sdkAppId: 20000103")
    ran = project.run("apply", "prod", "--yes")
    assert ran.code == 0, ran.out + ran.err
    ran = project.run("plan", "prod", "--exit-code")
    assert (ran.code, "the console never shows it" in ran.words) == ((0, False) if told else (4, True))
    assert "0 to change" in ran.out


def test_hostile_names_do_nothing_and_a_phone_and_a_keyboard_suffice(tab: Tab, tmp_path: Path) -> None:
    with state_of(tmp_path / "c.sqlite") as state, serve(state, load("default", tmp_path)) as server:
        state.seed([SeedApplication(20_000_104, '<img src=x onerror="window.hit=1">\u202etxt', "new")])
        tab.do("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=False)
        for page in ("", "apps/20000104", "history", "recorded", "faults"):
            tab.open(f"http://{server.endpoint}/{page}")
            if page in ("", "apps/20000104"):
                tab.wait("document.body.dataset.ready === 'yes'")
                assert "<img src=x" in tab.run("document.body.innerText")
            assert tab.run("window.hit ?? null") is None
            assert tab.run("document.images.length") == 0
            assert "\u202e" not in tab.run("document.body.innerText")
            assert tab.run("document.documentElement.scrollWidth <= window.innerWidth")
            for _ in range(6):
                press_tab(tab)
                assert tab.run(_RING) in ("solid", "on the page itself")


_RING = """(() => {
  const it = document.activeElement;
  return it === document.body ? "on the page itself" : getComputedStyle(it).outlineStyle;
})()"""


def press_tab(tab: Tab) -> None:
    for kind in ("keyDown", "keyUp"):
        tab.do("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
