"""The shipped workflows: what they say is allowed, pinned and quoted, and what their steps do is what was meant."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.forge.publish import post
from provisioner.forge.registry import open_forge
from provisioner.foundation.clock import system_clock
from provisioner.provider import cli_install
from tests.conftest import ROOT
from tests.deploy.runner import Runner, read, read_gitlab, write_jobs
from tests.forge.fake import FakeForge, FakeServer, served
from tests.forge.jobs import variables
from tests.project import Project

BIN = Path(sys.executable).parent
CI = ROOT / ".github/workflows/ci.yml"
OWN = sorted((ROOT / ".github/workflows").glob("*.yml"))
WRITTEN = ("review", "apply", "drift", "promote")
ISSUE_FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
CALL = "environments/prod/apps/video-call.yaml"
BRANCH = 'x;touch${IFS}pwned;"$(touch${IFS}pwned)"`touch${IFS}pwned`\''


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / name, *arguments], capture_output=True, text=True, check=False)


def jobs(workflow: Path) -> dict[str, Any]:
    found: dict[str, Any] = read(workflow)["jobs"]
    return found


def steps(document: Any) -> Iterator[dict[str, Any]]:
    """Every step of a workflow or of the action."""
    for holder in [document["runs"]] if "runs" in document else document["jobs"].values():
        yield from holder["steps"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` writes for both forges, for a project at the root, and in `infra/rec` for one in a folder."""
    top = tmp_path_factory.mktemp("written")
    for forge in ("github", "gitlab"):
        write_jobs(top, "", forge)
        write_jobs(top / "larger", "infra/rec", forge)
    (top / "gitlab-ci.json").write_text(json.dumps(read_gitlab(top / ".gitlab/recording.gitlab-ci.yml")))
    return top


def workflow(top: Path, name: str) -> Path:
    return top / f".github/workflows/recording-{name}.yaml"


def workflows(top: Path) -> list[Path]:
    return [*(workflow(folder, name) for folder in (top, top / "larger") for name in WRITTEN), *OWN]


def action(top: Path) -> Path:
    return top / ".github/actions/trtc-recording/action.yml"


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", workflows),
        ("custom.github-workflows-require-timeout", workflows),
        ("vendor.github-actions", lambda top: [action(top), action(top / "larger")]),
        (
            "vendor.gitlab-ci",
            lambda top: [top / "gitlab-ci.json", top / ".gitlab-ci.yml", top / "larger/.gitlab-ci.yml"],
        ),
        ("vendor.github-issue-forms", lambda _: ISSUE_FORMS),
        ("vendor.github-issue-config", lambda _: [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
    ],
)
def test_the_files_have_the_shape_that_the_forges_ask_for(
    written: Path, schema: str, files: Callable[[Path], list[Path]]
) -> None:
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    ran = tool("check-jsonschema", "--builtin-schema", schema, *transform, *files(written))
    assert (ran.returncode, ran.stdout.strip()) == (0, "ok -- validation done")


def test_the_audit_finds_nothing(written: Path) -> None:
    options = ["--offline", "--persona=pedantic", "--strict-collection", "--no-progress", "--config"]
    ran = tool("zizmor", *options, ROOT / "tests/deploy/zizmor.yml", *workflows(written), action(written))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_value_is_pasted_into_a_shell_line_and_every_action_is_pinned(written: Path) -> None:
    for file in [*workflows(written), action(written)]:
        for step in steps(read(file)):
            assert "${{" not in step.get("run", "")
            used = step.get("uses", "./")
            assert used.startswith("./") or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used)
        for pinned in re.findall(r"- uses: [^.].*", file.read_text()):
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", pinned)


def test_a_workflow_may_nothing_and_each_job_what_it_needs(written: Path) -> None:
    for file in workflows(written):
        content = read(file)
        assert content["permissions"] == {}
        assert "pull_request_target" not in content[True]  # YAML 1.1 reads `on`
        for job in content["jobs"].values():
            assert job["permissions"]["contents"] == ("write" if "promote" in file.name else "read")
            for step in job["steps"]:
                if "checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] is False


def test_a_fork_gets_no_secret_no_identity_and_nothing_to_write(written: Path) -> None:
    review = jobs(workflow(written, "review"))
    assert review["fork"]["permissions"] == {"contents": "read"}
    assert "secrets." not in str(review["fork"])
    assert "github.token" not in str(review["fork"])
    conditions = {name: job["if"] for name, job in review.items()}
    same = "github.event.pull_request.head.repo.full_name == github.repository"
    assert conditions["plan"] == f"{same} && github.event.pull_request.base.ref == 'main'"
    assert same.replace("==", "!=") in conditions["fork"]
    assert read(written / "gitlab-ci.json")["recording:fork"]["id_tokens"] == {}


def test_no_long_lived_key_is_asked_for(written: Path) -> None:
    for file in [*(workflow(written, name) for name in WRITTEN), written / ".gitlab/recording.gitlab-ci.yml"]:
        assert "TENCENTCLOUD_SECRET" not in file.read_text()
        assert re.search("id-token: write|id_tokens:", file.read_text())


def test_a_project_in_a_folder_is_planned_there_unless_a_caller_says_otherwise(written: Path) -> None:
    for name in WRITTEN:
        file = workflow(written / "larger", name)
        for job in jobs(file).values():
            assert "infra/rec" in job["defaults"]["run"]["working-directory"] or "promote" in file.name
            assert all(
                step["with"]["folder"] == job["defaults"]["run"]["working-directory"]
                for step in job["steps"]
                if "trtc-recording" in step.get("uses", "")
            )
    assert set(read(workflow(written, "review"))[True]["workflow_call"]["inputs"]) == {"environments", "folder"}


def test_a_job_with_an_identity_installs_nothing_that_is_not_pinned(written: Path) -> None:
    libraries = (written / "requirements/libraries.txt").read_text()
    assert len(re.findall(r"^[a-z0-9_.-]+(?:\[\w+\])?==\S+ ", libraries, re.MULTILINE | re.IGNORECASE)) > 50
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in re.split(r"\n(?=\S)", libraries.strip()))
    scripts = [step["run"] for step in steps(read(action(written))) if "run" in step]
    scripts += ["\n".join(read(written / "gitlab-ci.json")[".recording"]["before_script"])]
    for script in scripts:
        installs = re.findall(r"pip .*", script)
        assert [("--require-hashes" in line, "--no-deps" in line) for line in installs] == [
            (True, False),
            (False, True),
        ]


def test_our_own_ci_runs_the_test_command_on_every_supported_python_and_asks_for_nothing() -> None:
    job = jobs(CI)["test"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert job["permissions"] == {"contents": "read"}
    assert "secrets." not in CI.read_text("utf-8")
    assert project["requires-python"] == f">={job['strategy']['matrix']['python'][0]}"
    assert job["steps"][-1]["run"].endswith(" .ci/run")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with served() as running:
        yield running


@pytest.fixture
def fake(server: FakeServer) -> FakeForge:
    return server.fresh()


PULUMI = f"""#!/bin/sh
[ "$1" = version ] && echo v{cli_install.VERSION} && exit
echo "$*" >> engine.txt
[ "$1" = stack ] || exec provisioner apply --plan "$TRTC_PLAN" --yes
"""
"""Stands in for the engine, which tests/engine runs: does what the program does with TRTC_PLAN."""


GH = """#!/bin/sh
printf '%s\\n' "$@" > "gh-$1.txt"
[ "$1" = auth ] || cp "$RUNNER_TEMP/body.md" body.txt
"""


def machine(top: Path) -> None:
    """Stand-ins for the engine and for GitHub's own command, first on the jobs' path."""
    (top / ".venv/engine").mkdir(parents=True)
    for name, script in (("pulumi", PULUMI), ("gh", GH)):
        (top / ".venv/engine" / name).write_text(script)
        (top / ".venv/engine" / name).chmod(0o755)


def moved(project: Project, below: str) -> Path:
    """Put the project into the folder `below` of a repository, whose root is the answer."""
    top = project.root
    if below:
        (top / below).mkdir(parents=True)
        for folder in ("environments", "templates"):
            (top / folder).rename(top / below / folder)
        owners = (top / "CODEOWNERS").read_text().replace("/environments/", f"/{below}/environments/")
        (top / "CODEOWNERS").write_text(owners)
    return top


class Repository:
    """A repository whose `main` is applied, and a pull request from a branch with a hostile name."""

    def __init__(self, top: Path, fake: FakeForge, below: str) -> None:
        self.top, self.fake = top, fake
        self.project = project = Project(top / below)
        fake.now = system_clock()  # the jobs' clock is the real one
        machine(self.top)
        for forge in ("github", "gitlab"):
            write_jobs(self.top, below, forge)
        fake.teams = {"acme/calls": ["ann", "bob"], "acme/education": ["cid"]}
        project.run("apply", "prod", "--yes")
        Project(self.top).write(".gitignore", ".provisioner/\n.venv/\nplans/\n*.json\n*.md\n*.txt\n")
        self.git("init", "-q", "-b", "main", "--template=")
        self.commit("main")
        self.before = self.git("rev-parse", "HEAD")
        self.git("checkout", "-qb", BRANCH)
        project.edit(CALL, "expectedParticipants: 2", "expectedParticipants: 2\n  settings: {maxIdleTime: 1m}")
        project.edit(CALL, 'owner: "@acme/calls"', "owner: '@acme/calls \"$(touch pwned)`touch pwned`; touch pwned'")
        self.commit("branch")
        self.head = self.git("rev-parse", "HEAD")
        fake.pulls[7].pushes = [(fake.now, self.head)]
        self.git("checkout", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "trial", BRANCH)  # what refs/pull/7/merge is

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=kim", "-c", "user.email=kim@example.com", "-c", "commit.gpgsign=false")
        ran = subprocess.run(["git", *identity, *arguments], cwd=self.top, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def merge(self) -> str:
        """The pull request is squashed into main."""
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--squash", BRANCH)
        self.commit("squashed")
        merged = self.git("rev-parse", "HEAD")
        self.fake.pulls[7].merged_as = merged
        return merged

    def runner(self, kind: str, *, change: int | None = 7, commit: str = "") -> Runner:
        """A machine that runs a job of the pull request, or of a push or a night where `change` is None."""
        job = variables(kind, self.fake, self.top, change=change, commit=commit or self.head)
        token = job.pop("GITHUB_TOKEN", "")
        expressions = {
            "github.token": token,
            "secrets.TRTC_TEAMS_TOKEN": job.pop("TRTC_TEAMS_TOKEN"),
            "github.event.before": self.before,
            "inputs.folder": "",
            "inputs.environments": "",
            "matrix.environment": "prod",
            "vars.DEV_ROLE": "",
            "vars.PROD_ROLE": "",
            "inputs.source": "dev",
            "inputs.target": "prod",
            "inputs.application": "video-call",
            "github.run_id": "1234567890",
            "github.run_attempt": "1",
            "secrets.TRTC_PROMOTION_TOKEN": "",
            "secrets.PULUMI_ACCESS_TOKEN": "",
            "secrets.PULUMI_CONFIG_PASSPHRASE": "",
            "vars.PULUMI_BACKEND_URL": "",
            "vars.TRTC_PULUMI_SHA256": "",
        }
        return Runner(self.top, job, expressions)

    def shown(self, kind: str = "github") -> None:
        """The review's job has run."""
        (self.project.root / "plans").mkdir(exist_ok=True)
        self.project.run("plan", "prod", "--changed", self.before, "--out", "plans/prod.json")
        forge = open_forge(kind, variables(kind, self.fake, self.top, commit=self.head))
        plan = json.loads((self.project.root / "plans/prod.json").read_text())
        post(forge, "what will happen", [plan], lambda: self.fake.now)

    def idle(self) -> int:
        template = self.project.console("prod").application(20000101).template
        assert template is not None
        return int(template["MaxIdleTime"])


@pytest.fixture
def below(request: pytest.FixtureRequest) -> str:
    """The project's folder in its repository."""
    return str(getattr(request, "param", ""))


@pytest.fixture
def repository(project: Project, fake: FakeForge, below: str, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    top = moved(project, below)
    monkeypatch.chdir(top / below)
    return Repository(top, fake, below)


@pytest.mark.parametrize(("below", "engine"), [("", True), ("infra/rec", False)], indirect=["below"])
def test_from_a_hostile_branch_to_production_and_nothing_unapproved(repository: Repository, engine: bool) -> None:
    """Review, approval, merge, apply: what is carried out is what was shown."""
    review = repository.runner("github")
    prod = {"ENVIRONMENTS": "prod"}
    assert review.github("review.yaml", "plan", **prod) == 0, review.seen
    assert "::notice::prod: not everybody has approved yet" in review.printed("Approvals")
    (comment,) = repository.fake.comments()
    assert "video-call" in comment.body
    assert "maxIdleTime" in repository.top.joinpath("summary.md").read_text()
    repository.fake.wait()
    repository.fake.review("ann")
    repository.fake.review("bob")  # the owner is another, too: a guardrail of production, which asks for two
    assert review.github("review.yaml", "plan", **prod) == 0
    approvals = [status for status in repository.fake.statuses if status["name"] == "trtc-recording/prod/approvals"]
    assert [(status["state"], status["commit"]) for status in approvals] == [
        ("pending", repository.head),
        ("success", repository.head),
    ]

    merged = repository.merge()
    apply = repository.runner("github", change=None, commit=merged)
    apply.expressions["vars.PULUMI_BACKEND_URL"] = "file:///tmp" if engine else ""
    assert apply.github("apply.yaml", "apply") == 0, apply.seen
    assert [name for name, *_ in apply.seen] == ["Plan", "Approvals", "Verify", "Apply"]
    assert repository.idle() == 60
    if engine:
        targets = ("pulumi:providers:trtc::prod", "trtc:index:RecordingConfiguration::video-call")
        named = " ".join(f"--target urn:pulumi:prod::*::{target}" for target in targets)
        ran = (repository.project.root / "engine.txt").read_text().splitlines()
        assert ran[-1] == f"up --yes --stack prod {named}"
    else:
        assert "applied video-call" in apply.printed("Apply")
    assert not list(repository.top.rglob("pwned*"))


def test_what_was_merged_unapproved_is_not_carried_out(repository: Repository) -> None:
    repository.shown()
    apply = repository.runner("github", change=None, commit=repository.merge())
    assert apply.github("apply.yaml", "apply") == 1
    assert [name for name, *_ in apply.seen] == ["Plan", "Approvals"]
    assert repository.idle() == 5


def test_what_moved_after_the_approval_is_not_carried_out(repository: Repository) -> None:
    repository.shown()
    repository.fake.wait()
    repository.fake.review("ann")
    template = repository.project.console("prod").application(20000101).template
    assert template is not None
    repository.project.console("prod").edit(20000101, template={**template, "MaxIdleTime": 7})
    apply = repository.runner("github", change=None, commit=repository.merge())
    assert apply.github("apply.yaml", "apply") == 1
    assert "ann: another plan was shown" in apply.printed("Approvals")
    assert repository.idle() == 7


def test_the_nightly_look_opens_one_issue(repository: Repository) -> None:
    night = repository.runner("github", change=None)
    assert night.github("drift.yaml", "drift") == 0, night.seen
    assert [issue.open for issue in repository.fake.issues()] == [True]
    assert "maxIdleTime" in repository.fake.issues()[0].body


def test_the_same_on_gitlab(repository: Repository) -> None:
    """With a fast-forward merge, as docs/review.md has it."""
    repository.git("checkout", "-q", "--detach", repository.head)
    shown = {"ENVIRONMENTS": "prod", "CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.before}
    review = repository.runner("gitlab")
    assert review.gitlab("recording:review", **shown) == 0, review.seen
    assert "prod: not everybody has approved yet" in review.printed("recording:review")
    assert len(repository.fake.comments()) == 1
    apply = repository.runner("gitlab", change=None)
    pushed = {"ENVIRONMENTS": "prod", "CI_COMMIT_BEFORE_SHA": repository.before}
    repository.fake.pulls[7].merged_as = repository.head
    repository.fake.wait()
    repository.fake.review("ann")
    repository.fake.review("bob")
    assert apply.gitlab("recording:apply", **pushed) == 0, apply.seen
    assert repository.idle() == 60
    assert not list(repository.top.rglob("pwned*"))


def test_a_fork_is_told_what_its_specs_do(repository: Repository) -> None:
    """Without a token, and without a look at any console."""
    fork = repository.runner("github")
    shutil.rmtree(repository.project.root / ".provisioner")
    assert fork.github("review.yaml", "fork") == 0, fork.seen
    summary = repository.top.joinpath("summary.md").read_text()
    assert "maxIdleTime" in summary
    assert repository.fake.seen == []
    assert not (repository.project.root / ".provisioner").exists()
    assert not list(repository.top.rglob("pwned*"))


@pytest.fixture
def origin(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where branches are pushed to; what was tried in dev is committed and applied there."""
    folder: Path = tmp_path_factory.mktemp("origin")
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
    subprocess.run(["git", "-C", folder, "config", "receive.advertisePushOptions", "true"], check=True)
    (folder / "hooks/post-receive").write_text("#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ | sort > options.txt\n")
    (folder / "hooks/post-receive").chmod(0o755)
    repository.git("remote", "add", "origin", str(folder))
    repository.git("checkout", "-q", "main")
    dev = CALL.replace("prod", "dev")
    repository.project.edit(dev, "expectedParticipants: 2", "expectedParticipants: 2\n  settings: {maxIdleTime: 1m}")
    repository.commit("tried in dev")
    repository.project.run("apply", "dev", "--yes")
    return folder


def branches(origin: Path) -> str:
    ran = subprocess.run(["git", "-C", origin, "branch", "--list"], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


TITLE = "Promote video-call from dev to prod"


def test_what_was_tried_in_dev_is_proposed_for_production(repository: Repository, origin: Path) -> None:
    root = repository.project.root
    runner = repository.runner("github", change=None)
    who = {"GITHUB_ACTOR": "kim", "GITHUB_ACTOR_ID": "7", "RUNNER_TEMP": str(root / ".venv")}
    assert runner.github("promote.yaml", "promote", **who) == 0, runner.seen
    assert branches(origin) == "promotion/1234567890-1"
    asked = (root / "gh-pr.txt").read_text().splitlines()
    assert asked[:6] == ["pr", "create", "--head", branches(origin), "--title", TITLE]
    assert (root / "body.txt").read_text().startswith("From dev (commit `")


def test_promotion_on_gitlab(repository: Repository, origin: Path) -> None:
    runner = repository.runner("gitlab", change=None)
    asked = {"PROMOTE_FROM": "dev", "PROMOTE_TO": "prod", "CI_PIPELINE_ID": "77", "CI_DEFAULT_BRANCH": "main"}
    who = {"GITLAB_USER_NAME": 'Kim "$(touch pwned)"', "GITLAB_USER_EMAIL": "kim@example.com"}
    assert runner.gitlab("recording:promote", **asked, **who) == 0, runner.seen
    assert branches(origin) == "promotion/77"
    assert (origin / "options.txt").read_text().splitlines()[1:] == [
        "GIT_PUSH_OPTION_1=merge_request.target=main",
        f"GIT_PUSH_OPTION_2=merge_request.title={TITLE}",
        "GIT_PUSH_OPTION_COUNT=3",
    ]
    assert not list(repository.top.rglob("pwned*"))


def test_the_action_installs_what_is_pinned_and_puts_it_on_the_path(written: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pip").write_text('#!/bin/sh\necho "$*" >> pip.txt\n')
    (tmp_path / "bin/pip").chmod(0o755)
    (tmp_path / "bin/python3").write_text(f"#!/bin/sh\nmkdir -p .venv/bin && cp {tmp_path}/bin/pip .venv/bin\n")
    (tmp_path / "bin/python3").chmod(0o755)
    (install,) = (step for step in steps(read(action(written))) if "run" in step)
    (tmp_path / "elsewhere").mkdir()
    own = {"GITHUB_PATH": str(tmp_path / "path.txt"), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    assert Runner(tmp_path, {}, {}).bash("Install", install["run"], own, "elsewhere") == 0
    ran = (tmp_path / "elsewhere/pip.txt").read_text().splitlines()
    assert [line.split(" -r ")[1] for line in ran] == ["requirements/libraries.txt", "requirements/trtc-recording.txt"]
    assert (tmp_path / "path.txt").read_text() == f"{tmp_path}/elsewhere/.venv/bin\n"


@pytest.fixture
def by_people(project: Project) -> None:
    """People change production's console, and have confirmed what it shows of two of three applications."""
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    for name in ("video-call", "classroom"):
        assert project.run("attest", f"prod/{name}", "--yes", "--who", "Ada").code == 0


def applied(repository: Repository, kind: str, before: str, commit: str, *, engine: bool) -> Runner:
    """The machine on which the job that applies a push has run, and was green."""
    runner = repository.runner(kind, change=None, commit=commit)
    backend = "file:///tmp" if engine else ""
    if kind == "github":
        runner.expressions |= {"github.event.before": before, "vars.PULUMI_BACKEND_URL": backend}
        assert runner.github("apply.yaml", "apply") == 0, runner.seen
    else:
        pushed = {"ENVIRONMENTS": "prod", "CI_COMMIT_BEFORE_SHA": before, "PULUMI_BACKEND_URL": backend}
        assert runner.gitlab("recording:apply", **pushed) == 0, runner.seen
    return runner


@pytest.mark.usefixtures("by_people")
@pytest.mark.parametrize(
    ("kind", "below", "engine"),
    [
        ("github", "", False),
        ("github", "infra/rec", True),
        ("gitlab", "", True),
        ("gitlab", "infra/rec", False),
    ],
    indirect=["below"],
)
def test_where_people_change_the_console_the_job_is_green_and_keeps_their_checklists(
    repository: Repository, kind: str, engine: bool
) -> None:
    fake, project = repository.fake, repository.project
    repository.shown(kind)
    fake.wait()
    for reviewer in ("ann", "bob"):
        fake.review(reviewer)
    merged = repository.merge()
    runner = applied(repository, kind, repository.before, merged, engine=engine)
    step = "Apply" if kind == "github" else "recording:apply"
    assert "prod: 2 applications wait for people:" in runner.printed(step)
    first, second = sorted((issue for issue in fake.issues()), key=lambda issue: "support" in issue.title)
    assert "| **Recording wait time (?)** | `maxIdleTime` | `5 seconds` | **`60 seconds`** |" in first.body
    assert "support-desk**, SDKAppId `20000103`: look first" in second.body
    assert not list(repository.top.rglob("pwned*"))
    if engine:
        for name in ("video-call", "support-desk"):
            assert project.run("attest", f"prod/{name}", "--yes", "--who", "Ada").code == 0
        repository.commit("confirmed")
        applied(repository, kind, merged, repository.git("rev-parse", "HEAD"), engine=engine)
        assert [issue.open for issue in fake.issues()] == [False, False]
        assert not (project.root / "engine.txt").exists()  # no engine can change this console
