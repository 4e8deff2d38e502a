"""A review from end to end, to look at: `python examples/06-review/demo.py FOLDER`.

Makes a repository in FOLDER/repository with a history: a base that was applied, then a branch that stops a recording,
moves a whole product to a new template version, and removes an application, while somebody has clicked in the
console. Then it runs what a review runs, and leaves in FOLDER what people and programs would see, and log.txt with
every command. Everything happens on the simulated console; no account, no forge and no network is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from markdown_it import MarkdownIt

from provisioner.api import run

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LIVE = [f"live-{number:02}" for number in range(1, 13)]
_FORGE_STYLE = """
body { max-width: 900px; margin: 1rem auto; font: 14px/1.5 sans-serif }
table { border-collapse: collapse } th, td { padding: 6px 13px; border: 1px solid #d0d7de }
code, pre { background: #f0f2f4; font-size: 85% } code { padding: .2em .4em } pre { padding: 1em }
"""
FORMATS = {
    "markdown": "comment.md",
    "step-summary": "step-summary.md",
    "html": "page.html",
    "json": "report.json",
    "sarif": "report.sarif",
    "junit": "junit.xml",
    "github": "annotations.txt",
    "codequality": "gl-code-quality-report.json",
    "terraform": "tfplan.json",
}


class Demonstration:
    """One repository and the log of everything that was run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        self.log = folder / "log.txt"

    def run(self, *command: str) -> None:
        """One command in the repository; its output goes to the log. Ends the script where it fails."""
        ran = subprocess.run(
            command, cwd=self.repository, capture_output=True, text=True, check=False, env=_variables()
        )
        self._told(" ".join(command), ran.stdout + ran.stderr, ran.returncode)

    def provisioner(self, *arguments: str) -> None:
        """One command, in this process: starting Python twenty times would take longer than the review."""
        said = StringIO()
        with chdir(self.repository), redirect_stdout(said), redirect_stderr(said):
            code = run(list(arguments))
        self._told(f"provisioner {' '.join(arguments)}", said.getvalue(), code)

    def _told(self, command: str, said: str, code: int) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {command}\n{said}\n")
        if code:
            sys.exit(f"`{command}` answered {code}; see {self.log}\n{said}")

    def git(self, *arguments: str) -> None:
        """Git in the repository, as Ada."""
        self.run("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments)

    def commit(self, message: str) -> None:
        """Commit whatever has changed."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first `old` in a file of the repository, which must hold it."""
        file = self.repository / path
        text = file.read_text("utf-8")
        assert old in text, f"{path} holds no {old!r}"
        file.write_text(text.replace(old, new, 1), "utf-8")


def main() -> None:
    """Make the repository in FOLDER, run the review in it, and say where to look."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="review-")).resolve()
    demonstration = Demonstration(folder)
    _base(demonstration)
    _change(demonstration)
    _drift(demonstration)
    _review(demonstration)
    _rendered(demonstration)
    _screenshots(demonstration)
    print(f"Look at {folder}: comment.md, page.html, log.txt and the rest.")


def _base(demo: Demonstration) -> None:
    """The shipped specs and a product of a dozen applications, all of it applied."""
    demo.repository.mkdir(parents=True)
    for name in ("environments", "templates"):
        shutil.copytree(ROOT / name, demo.repository / name)
    shutil.copy(ROOT / "CODEOWNERS", demo.repository)
    prod = "environments/prod"
    text = (demo.repository / prod / "apps/video-call.yaml").read_text("utf-8").replace("@acme/calls", "@acme/live")
    for number, name in enumerate(LIVE):
        spec = text.replace("video-call", name).replace("20000101", str(20000200 + number))
        (demo.repository / prod / f"apps/{name}.yaml").write_text(spec, "utf-8")
    seeds = [f"  {name}: {{sdkAppId: {20000200 + number}}}\n" for number, name in enumerate(LIVE)]
    with (demo.repository / prod / "embedded.yaml").open("a", encoding="utf-8") as file:
        file.writelines(seeds)
    with (demo.repository / "CODEOWNERS").open("a", encoding="utf-8") as file:
        file.write("/environments/*/apps/live-*.yaml            @acme/live\n")
    demo.edit(f"{prod}/environment.yaml", "settings:", "limits: {maxChanges: 10}\nsettings:")
    demo.edit(f"{prod}/apps/live-12.yaml", "template: call@v1", "template: call@v1\nonRemove: stop-auto")
    (demo.repository / ".gitignore").write_text(".provisioner/\n", "utf-8")
    demo.git("init", "--quiet", "--initial-branch", "main")
    demo.commit("Recording settings of dev and prod")
    demo.provisioner("apply", "prod", "--yes", "--allow", "max-changes")
    demo.provisioner("apply", "dev", "--yes")


def _change(demo: Demonstration) -> None:
    """What somebody proposes, in three commits."""
    demo.git("switch", "--quiet", "--create", "change")
    demo.edit("environments/prod/apps/video-call.yaml", "mode: auto  ", "mode: manual")
    demo.edit("environments/dev/apps/video-call.yaml", "mode: auto  ", "mode: manual")
    demo.commit("The backend of the calls starts its recordings itself")
    text = (demo.repository / "templates/call/v1.yaml").read_text("utf-8")
    bumped = text.replace("maxIdleTime: 5s ", "maxIdleTime: 20s").replace(
        "width: 1280, height: 720", "width: 1920, height: 1080"
    )
    (demo.repository / "templates/call/v2.yaml").write_text(bumped, "utf-8")
    for name in LIVE[:-1]:
        demo.edit(f"environments/prod/apps/{name}.yaml", "call@v1", "call@v2")
    demo.commit("Live rooms in full HD")
    (demo.repository / "environments/prod/apps/live-12.yaml").unlink()
    demo.commit("live-12 is closed")


def _drift(demo: Demonstration) -> None:
    """Meanwhile, in the console."""
    demo.provisioner("console", "edit", "prod/classroom", "maxIdleTime=5m", "storage.vod.retention=365d")


def _review(demo: Demonstration) -> None:
    plans = []
    for environment in ("prod", "dev"):
        plans.append(str(demo.folder / f"plan-{environment}.json"))
        demo.provisioner("validate", environment, "--format", "github")
        demo.provisioner("plan", environment, "--base", "main", "--out", plans[-1])
    for form, name in FORMATS.items():
        demo.provisioner("report", *plans, "--format", form, "--out", str(demo.folder / name))
    offline = str(demo.folder / "comment-specs-only.md")
    demo.provisioner("report", "prod", "dev", "--specs-only", "--base", "main", "--out", offline)
    demo.provisioner("approvals", plans[0])
    demo.provisioner("explain", "prod/video-call", "recording.mode")


def _rendered(demo: Demonstration) -> None:
    """The comment roughly as a forge shows it."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    body = markdown.render((demo.folder / "comment.md").read_text("utf-8"))
    page = f"<!doctype html><meta charset=utf-8><title>Comment</title><style>{_FORGE_STYLE}</style>{body}"
    (demo.folder / "comment.html").write_text(page, "utf-8")


def _screenshots(demo: Demonstration) -> None:
    """Comment and page as a browser shows them, and the page as it prints, where there is a browser."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None or "--no-screenshot" in sys.argv:
        return
    flags = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # a browser refuses to run as root in its sandbox
    page, comment = ((demo.folder / name).as_uri() for name in ("page.html", "comment.html"))
    with tempfile.TemporaryDirectory() as profile:
        browser = [found, *flags, f"--user-data-dir={profile}"]
        demo.run(*browser, "--window-size=1000,1500", f"--screenshot={demo.folder / 'comment.png'}", comment)
        demo.run(*browser, "--window-size=1200,1900", f"--screenshot={demo.folder / 'page.png'}", page)
        demo.run(*browser, "--no-pdf-header-footer", f"--print-to-pdf={demo.folder / 'page.pdf'}", page)


def _variables() -> dict[str, str]:
    """Ours, without another repository's Git."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


if __name__ == "__main__":
    main()
