"""The site's pages: one for everything, one for each application; no script, nothing from elsewhere."""

from __future__ import annotations

from importlib import resources

from provisioner.report.plan.html import CSS, page_templates
from provisioner.report.site.site_view import SiteView

_OWN_CSS = resources.files("provisioner.report.site").joinpath("site.css")


def render_site(site: SiteView) -> dict[str, str]:
    """Every file of the site, by its path below the folder."""
    templates = page_templates("provisioner.report.site")
    index, page = (templates.get_template(name) for name in ("index.html.j2", "application.html.j2"))
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
