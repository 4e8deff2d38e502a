"""Where everything of a project lies, relative to its root: the one place that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = "environments"
TEMPLATES = "templates"
POLICIES = "policies"
VENDORED = "policies/vendor"
READY_POLICIES = "templates/policies"
"""Policies to copy or to name as a source; no template is called so."""

SIGNERS = "allowed_signers"
"""Whose signature on a plan counts, as ssh-keygen reads it."""

NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
"""How environments, applications and templates are called."""

VERSION = re.compile(r"v[1-9][0-9]*")
RECORD = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")
"""A promotion's time and the start of its digest."""

_PARTS = {
    "environment": ("ENV", NAME),
    "name": ("NAME", NAME),
    "version": ("vN", VERSION),
    "record": ("RECORD", RECORD),
    "source": ("SOURCE", NAME),
}


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where the files of one kind of document lie: `path` has each part that varies in braces; `kind` as they say."""

    kind: str
    path: str

    def of(self, **parts: str) -> str:
        """The path of one file."""
        return self.path.format(**parts)

    @property
    def told(self) -> str:
        """As people are told: `environments/ENV/apps/NAME.yaml`."""
        return self.path.format(**{part: word for part, (word, _) in _PARTS.items()})

    @property
    def glob(self) -> str:
        """Finds every file that may lie there, and others that `holds` sorts out."""
        return self.path.format(**dict.fromkeys(_PARTS, "*"))

    def holds(self, path: str) -> bool:
        """Whether a path is one of this place's."""
        names = {part: called.pattern for part, (_, called) in _PARTS.items()}
        return re.fullmatch(self.path.replace(".", r"\.").format(**names), path) is not None


ENVIRONMENT_FILE = FilePlace("Environment", "environments/{environment}/environment.yaml")
EMBEDDED_FILE = FilePlace("EmbeddedConsole", "environments/{environment}/embedded.yaml")
APPLICATION_FILE = FilePlace("Application", "environments/{environment}/apps/{name}.yaml")
OBSERVATION_FILE = FilePlace("Observation", "environments/{environment}/observations/{name}.yaml")
PROMOTION_FILE = FilePlace("Promotion", "environments/{environment}/promotions/{record}.yaml")
TEMPLATE_FILE = FilePlace("Template", "templates/{name}/{version}.yaml")
LOCK = "templates/templates.lock"
LOCK_FILE = FilePlace("TemplateLock", LOCK)
POLICY_FILE = FilePlace("Policy", "policies/{name}.yaml")
VENDORED_POLICY_FILE = FilePlace("Policy", "policies/vendor/{source}/{name}.yaml")
POLICY_SOURCES = "policies/vendor/sources.yaml"
POLICY_SOURCES_FILE = FilePlace("PolicySources", POLICY_SOURCES)
POLICY_LOCK = "policies/vendor/sources.lock"
POLICY_LOCK_FILE = FilePlace("PolicyLock", POLICY_LOCK)

STATE = ".provisioner"
"""What outlives a run and belongs to this machine; never in Git."""

WRITE_LOCK = f"{STATE}/write.lock"
WRITE_LOG = f"{STATE}/write.log"
"""While several files are written as one. No environment is called so."""

PULL_REQUEST_FILE = FilePlace("PullRequest", ".provisioner/{environment}/pull-request.md")

PLACES = (
    ENVIRONMENT_FILE,
    EMBEDDED_FILE,
    APPLICATION_FILE,
    OBSERVATION_FILE,
    PROMOTION_FILE,
    TEMPLATE_FILE,
    LOCK_FILE,
    POLICY_FILE,
    POLICY_SOURCES_FILE,
    POLICY_LOCK_FILE,
)


def is_written_by_commands(path: str) -> bool:
    """Whether a command that changes specs may write at `path`."""
    return any(place.holds(path) for place in (*PLACES, VENDORED_POLICY_FILE, PULL_REQUEST_FILE))


def environment_folder(environment: str) -> str:
    """Everything of one environment."""
    return f"{ENVIRONMENTS}/{environment}"


def applications_folder(environment: str) -> str:
    """The files of an environment's applications."""
    return f"{environment_folder(environment)}/apps"


def promotions_folder(environment: str) -> str:
    """The records of promotions into an environment."""
    return f"{environment_folder(environment)}/promotions"


def environment_file(environment: str) -> str:
    """An environment's own file."""
    return ENVIRONMENT_FILE.of(environment=environment)


def embedded_file(environment: str) -> str:
    """What the account of an environment's embedded console holds at first."""
    return EMBEDDED_FILE.of(environment=environment)


def application_file(environment: str, name: str) -> str:
    """An application's file."""
    return APPLICATION_FILE.of(environment=environment, name=name)


def observation_file(environment: str, name: str) -> str:
    """What a person confirmed of an application."""
    return OBSERVATION_FILE.of(environment=environment, name=name)


def stack_file(environment: str) -> str:
    """What Pulumi is told about an environment."""
    return f"{ENVIRONMENTS}/Pulumi.{environment}.yaml"


def promotion_file(environment: str, record: str) -> str:
    """One promotion into an environment."""
    return PROMOTION_FILE.of(environment=environment, record=record)


def policy_file(name: str) -> str:
    """A policy's file; one of a source is called `SOURCE.NAME`."""
    source, dot, own = name.rpartition(".")
    return VENDORED_POLICY_FILE.of(source=source, name=own) if dot else POLICY_FILE.of(name=name)


def template_file(pin: str) -> str:
    """`call@v1` is `templates/call/v1.yaml`."""
    name, _, version = pin.partition("@")
    return TEMPLATE_FILE.of(name=name, version=version)


def state_folder(root: Path, environment: str) -> Path:
    """Where an environment's lock, its journal and its embedded console live unless said otherwise; never in Git."""
    return root / STATE / environment


def pull_request_file(environment: str) -> str:
    """The text of the last promotion's pull request."""
    return PULL_REQUEST_FILE.of(environment=environment)
