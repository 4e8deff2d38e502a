"""The site's pages: one for everything, one for each application; no script, nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from provisioner.report.plan.html import CSS, visible
from provisioner.report.site.site_view import SiteView
from provisioner.report.text.amounts import counted

_OWN_CSS = resources.files("provisioner.report.site").joinpath("site.css")


def render_site(site: SiteView) -> dict[str, str]:
    """Every file of the site, by its path below the folder."""
    index, page = (_environment().get_template(name) for name in ("index.html.j2", "application.html.j2"))
    about = {"made": site.made, "commit": site.commit}
    cells = {env.name: {app.row: app for app in env.applications} for env in site.environments}
    files = {
        "index.html": index.render(site=site, cells=cells, up="", **about),
        "style.css": CSS.read_text("utf-8") + _OWN_CSS.read_text("utf-8"),
    }
    for env in site.environments:
        for app in env.applications:
            files[app.file] = page.render(app=app, up="../", **about)
    return files


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("provisioner.report.site", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    return environment
