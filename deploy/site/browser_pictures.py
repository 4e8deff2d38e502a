"""The simulated console's page and the site, as a browser shows them: `python -m deploy.site.browser_pictures docs`.

They need a browser that can be driven, so that they are made apart from the other pictures.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from deploy.site.pictures import demo, run
from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.page.page_app import with_page
from provisioner.console.embedded.state_file import state_file
from provisioner.console.tencent.binding import load
from provisioner.simulator import Account, ConsoleServer, ConsoleState
from tests.browser.chromium import Tab, browser

_READY = "document.body.dataset.ready === 'yes'"
_APPLICATION = 20_001_001


def main(docs: Path) -> None:
    """Write every picture below `docs`."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "recording")
        demo(project)
        run(project, "console", "edit", "dev/classroom", "mode=manual")
        run(project, "site", "public", "dev", "prod")
        with browser(Path(scratch, "profile")) as tab:
            _console(tab, project, docs / "images")
            _site(tab, project / "public", docs / "pictures")


def _console(tab: Tab, project: Path, folder: Path) -> None:
    binding = load("default", project)
    with ConsoleState(state_file(project, "dev")) as state:
        front = with_page(state, binding, "the simulated console of dev")
        account = Account("AKIDx", "key", "100000000001")
        with ConsoleServer(state, [account], None, services=services_of(binding), front=front) as server:
            tab.open(f"http://{server.endpoint}/apps/{_APPLICATION}")
            tab.wait(_READY)
            tab.picture(folder / "console-application.png", 1000, 900)
            tab.do("Emulation.setFocusEmulationEnabled", enabled=True)  # so that the ring of the keyboard's focus shows
            tab.run("document.querySelector('[name=\"/recording/mode\"]').focus()")
            tab.picture(folder / "console-phone.png", 360, 780, dark=True)


def _site(tab: Tab, public: Path, folder: Path) -> None:
    tab.open((public / "index.html").as_uri())
    tab.picture(folder / "site.png", 1000, 760)
    page = next(public.rglob("classroom.html"))
    tab.open(page.as_uri())
    tab.picture(folder / "site-application.png", 1000, 760)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
