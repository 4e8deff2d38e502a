"""The site's pages: what they say, that nothing in them acts, and how large they are."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.site.pages import render_site
from provisioner.report.site.site_view import ApplicationPage, DriftRow, EnvironmentPart, SettingRow, SiteView

ROW = SettingRow("maxIdleTime", "5s", "template templates/call/v1.yaml:9:16", ("30s, schema default",))
CALLS = ApplicationPage(
    environment="prod",
    name="calls",
    row="calls",
    sdk_app_id=20000101,
    owner="@acme/calls",
    template="call@v1",
    mode="auto",
    words=["Every room is recorded by itself: sound and picture."],
    drift=[DriftRow("maxIdleTime", "30s", "5s"), DriftRow("callback.url", None, "https://x.example")],
    outages=["HIGH not-recorded: No room is recorded."],
    notes=["Held since 2026-01-30: broken"],
    settings=[ROW] * 40,
    evidence=["formats: contradicts. An aac file was found."],
    contradicted=True,
    history=["2026-01-31T12:00:00Z calls: maxIdleTime 9s -> 5s (by Ann)"],
    promoted="promoted 2026-01-30 by Ann",
    lapses=("ends 2026-02-03, in 3 days", 3),
)
PART = EnvironmentPart(
    name="prod",
    tier="production",
    console="simulated console",
    outage="",
    held="",
    applications=[CALLS],
    unmanaged=["webinar-trial"],
    coverage="Of rooms created today: 99 % of 100 rooms recorded.",
    evidence="Recordings of 1 of 1 applications were seen; 1 contradict their specs.",
    history=["2026-01-31T12:00:00Z calls: maxIdleTime 9s -> 5s (by Ann)"],
    promotions=["2026-01-30T12:00:00Z from dev: calls (by Ann)"],
)
TAGS = re.compile(r"</?([a-z0-9!]+)((?:\s[^<>]*)?)>")
ACTIVE = {"script", "iframe", "object", "embed", "form", "img", "base", "svg", "style"}


def site(*parts: EnvironmentPart) -> SiteView:
    rows = sorted({app.row for part in parts for app in part.applications})
    return SiteView(parts, rows, "2026-01-31T12:00:00Z", "abc")


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_first_page_tells_what_to_look_at() -> None:
    told = words(render_site(site(PART))["index.html"])
    for part in (
        "prod production 1 application 1 application HIGH 1 application with drift 1 recorded otherwise than declared",
        "calls call@v1 auto 2 settings differ promoted 2026-01-30 by Ann",
        "What consoles do that nobody asked 1 calls : HIGH not-recorded: No room is recorded.",
        "Differs from its spec 1 calls : maxIdleTime, callback.url",
        "Confirmations that end soon calls : ends 2026-02-03, in 3 days",
        "Without a spec webinar-trial",
        "Last promotions 2026-01-30T12:00:00Z from dev: calls (by Ann)",
    ):
        assert part in told


def test_a_console_that_was_not_read_is_never_as_specified() -> None:
    dark = replace(PART, outage="no answer", applications=[replace(CALLS, drift=None)], unmanaged=None)
    files = render_site(site(dark))
    told = words(files["index.html"])
    assert "The console could not be read, so nobody knows whether it differs: no answer" in told
    assert "What else the account holds cannot be listed." in told
    assert "as specified" not in told
    assert "whether the console has it so is not known" in words(files["prod/calls.html"])


def test_an_application_has_its_settings_and_who_set_each() -> None:
    told = words(render_site(site(PART))["prod/calls.html"])
    assert "maxIdleTime 5s template templates/call/v1.yaml:9:16 instead of 30s, schema default" in told
    assert "What the console has otherwise Setting Console Spec maxIdleTime 30s 5s callback.url not set" in told
    assert "The console differs from this, and what it has is what counts." in told


def test_pages_lead_to_each_other_and_nowhere_else() -> None:
    files = render_site(site(PART))
    for path, page in files.items():
        for link in re.findall(r'(?:href|src)="([^"]*)"', page):
            target, _, anchor = link.partition("#")
            there = target.removeprefix("../") if path.count("/") else target
            assert (there or path) in files, (path, link)
            assert not anchor or f'id="{anchor}"' in files["index.html"]
    assert "url(" not in files["style.css"]
    assert "@import" not in files["style.css"]


@given(
    st.text(max_size=40) | st.sampled_from(["<script>alert(1)</script>", '"><img src=x onerror=y>', "\u202eabc", "::x"])
)
def test_no_value_becomes_markup(value: str) -> None:
    app = replace(
        CALLS,
        owner=value,
        template=value,
        words=[value],
        drift=[DriftRow(value, value, value)],
        outages=[value],
        notes=[value],
        settings=[SettingRow(value, value, value, (value,))],
        evidence=[value],
        history=[value],
        promoted=value,
        lapses=(value, 1),
    )
    lines = [value]
    hostile = replace(
        PART,
        console=value,
        held=value,
        applications=[app],
        unmanaged=lines,
        coverage=value,
        evidence=value,
        history=lines,
    )
    calm = render_site(site(replace(PART, held="x")))
    for path, page in render_site(site(replace(hostile, promotions=lines))).items():
        found = {name for name, _ in TAGS.findall(page)}
        assert not found & ACTIVE
        assert found <= {name for name, _ in TAGS.findall(calm[path])}
        assert "\u202e" not in page


def test_five_hundred_applications_stay_below_ten_megabytes() -> None:
    apps = [replace(CALLS, name=f"app-{number}", row=f"app-{number}") for number in range(500)]
    files = render_site(site(replace(PART, applications=apps)))
    assert len(files) == 502
    assert sum(len(page.encode()) for page in files.values()) < 10 << 20
