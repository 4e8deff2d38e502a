"""What the environment's site lets an automatic recording do, and which pages do not know it."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.recording.sites import BOTH, MIXED, SINGLE, SITES, Site
from provisioner.recording.sources import Option
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ComparingCheck, Reasons, Rule, Specs, Violation, within

_OPTIONS = (
    "/recording/enabled",
    "/recording/mode",
    *(f"{SETTINGS}/{name}" for name in ("mixed/maxUsers", "single/streams", "formats", "storage/vendor")),
)
"""What an application takes of its site is told by these."""


def _options(app: Application, site: Site) -> Iterator[tuple[str, str, Option]]:
    """What an automatic recording takes of its site: (path, name, option)."""
    if not app.automatic:
        return
    if app.mixed or app.single:
        streams = SINGLE if not app.mixed else BOTH if app.single else MIXED
        where = "mixed/maxUsers" if app.mixed else "single/streams"
        yield f"{SETTINGS}/{where}", streams, site.streams[streams]
    formats = app.setting("formats")
    for name in formats if isinstance(formats, tuple) else ():
        yield f"{SETTINGS}/formats", f"{name} files", site.formats[name]
    vendor = app.setting("storage/vendor")
    if vendor is not None:
        yield f"{SETTINGS}/storage/vendor", f"into {vendor}", site.storage[str(vendor)]


def _site_has_the_option(environment: Environment, app: Application) -> Reasons:
    for path, name, option in _options(app, SITES[environment.site]):
        if not option.legal:
            pages = " and ".join(option.unknown_to)
            yield (
                path,
                f"the site {environment.site} does not record {name} automatically: {option.instead} according to "
                f"{pages}; record in manual mode, or {_instead(path, SITES[environment.site])}",
            )


def _instead(path: str, site: Site) -> str:
    """The key, and what it takes on the site."""
    options = site.formats if path.endswith("/formats") else site.storage if path.endswith("/vendor") else site.streams
    words = [name for name, option in options.items() if option.legal]
    legal = " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return f"take {legal}" if options is site.streams else f"set {short(path)} to {legal}"


def _pages_agree(specs: Specs) -> Iterator[Violation]:
    """One finding for each option that an environment takes, however many of its applications do."""
    for environment in specs.environments:
        taken = {
            name: option
            for app in environment.applications
            for _, name, option in _options(app, SITES[environment.site])
            if option.legal and option.unknown_to
        }
        for name, option in taken.items():
            message = (
                f"applications record {name} automatically, which {' and '.join(option.allow)} allows on the site "
                f"{environment.site}. Other pages say {option.instead}: {' and '.join(option.unknown_to)}."
            )
            yield Violation(environment, "/site", message)


RULES = (
    Rule(
        "REC051",
        "The site's automatic recording has the option",
        Severity.ERROR,
        "Site profiles (recording/sites.py): the pages of the site's console and the API reference.",
        within(_site_has_the_option),
    ),
    Rule(
        "REC052",
        "Pages agree on what the site allows",
        Severity.INFO,
        "Where pages conflict the TUICallKit cloud recording guide decides, and the others are named: the "
        "international on-cloud recording guide knows no automatic mixed recording, for one.",
        ComparingCheck(_pages_agree, paths=_OPTIONS),
    ),
)
