"""`policies/NAME.yaml`: what an organisation demands of applications, whom it concerns, and cases that show it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from provisioner.foundation.errors import Location, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application, Layer
from provisioner.recording.fields import FIELDS, SETTINGS, pattern
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.specs.documents.document import Document, DocumentKind, read_document
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.site import SITE
from provisioner.specs.keys.tier import TIER
from provisioner.specs.layout import POLICY_FILE, policy_file
from provisioner.specs.policies.expression import BASE, CONSOLE, MAX_LENGTH, Expression, ExpressionError, compiled
from provisioner.specs.schema.field_schemas import tree
from provisioner.specs.schema.shapes import NAME, Schema, by_name, document, header, mapping, text, words
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Malformed, Node
from provisioner.specs.yaml.text_places import place_in

PREFIX = "policy-"
"""What a policy's id begins with in findings and waivers."""

SEVERITIES: Mapping[str, Severity] = {"deny": Severity.ERROR, "warn": Severity.MEDIUM}
EXPECTATIONS = ("pass", "fail", "undecided", "no-match")

_MATCHES = {
    "tier": ("Tiers of the environment.", TIER.schema()),
    "site": ("Sites of the service.", SITE.schema()),
    "environment": ("Patterns of the environment's name, such as prod-*.", text("A pattern; * is any text.", 100)),
    "owner": ("Patterns of the owner.", text("A pattern; * is any text.", 200)),
    "mode": ("Recording modes.", words("A mode.", "auto", "manual")),
    "name": ("Patterns of the application's name.", text("A pattern; * is any text.", 100)),
}


@dataclass(frozen=True, slots=True)
class PolicyMatch:
    """Whom a policy concerns: each key that is there takes any of its words or patterns, and all keys must agree."""

    wanted: Mapping[str, tuple[str, ...]]

    def concerns(self, tier: str, site: str, environment: str, app: Application) -> bool:
        """Whether an application of an environment is meant."""
        found = {
            "tier": tier,
            "site": site,
            "environment": environment,
            "owner": app.owner,
            "mode": app.mode,
            "name": app.name,
        }
        return all(any(fnmatchcase(found[key], one) for one in patterns) for key, patterns in self.wanted.items())


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """An example: an application of an environment, and what the policy says of it (one of EXPECTATIONS)."""

    name: str
    where: Location
    expect: str
    tier: str
    site: str
    environment: str
    app: Application
    base: Application | None = None
    console: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: `require` must hold for whom it concerns, and no application's file sets what is `locked`.

    `name` is its file's; that of a source is `SOURCE.NAME`. `locked` are paths of leaves or blocks.
    """

    name: str
    where: Location
    message: str
    severity: Severity
    match: PolicyMatch
    description: str = ""
    waivable: bool = False
    require: Expression | None = None
    locked: tuple[str, ...] = ()
    cases: tuple[PolicyCase, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """As findings and waivers name it."""
        return f"{PREFIX}{self.name}"

    @property
    def needs_base(self) -> bool:
        """Whether it compares with the base's document."""
        return self.require is not None and self.require.names(BASE)

    @property
    def needs_console(self) -> bool:
        """Whether it looks at what the console shows."""
        return self.require is not None and self.require.names(CONSOLE)

    @property
    def offline(self) -> bool:
        """Whether the specs alone can tell if it holds."""
        return not (self.needs_base or self.needs_console)


def schema() -> Schema:
    """The schema of a policy."""
    lists = {
        key: {"type": "array", "items": item, "minItems": 1, "uniqueItems": True, "description": about}
        for key, (about, item) in _MATCHES.items()
    }
    properties = {
        **header("Policy"),
        "name": {**NAME, "description": "Equals the file's name; findings and waivers call it policy-NAME."},
        "description": text("What it is for.", 2000),
        "match": mapping(lists, description="Whom it concerns; without it every application."),
        "require": text("What must hold, in CEL over app, base and console (docs/policies.md).", MAX_LENGTH * 2),
        "lock": {
            "type": "array",
            "items": text("A setting or a block of settings, such as storage.vod.retention.", 200),
            "minItems": 1,
            "uniqueItems": True,
            "description": "Settings that no application's file may set: its template or environment decides.",
        },
        "message": text("What its author reads where it does not hold: what to do, and whom to ask.", 500),
        "severity": words("deny stops everything, as an error does; warn is shown.", *SEVERITIES),
        "allowWaiver": {"type": "boolean", "description": "Whether an application may waive it.", "default": False},
        "cases": by_name(_case_schema(), description="Examples by name: `provisioner policy test` runs them."),
    }
    about = "What an organisation demands of applications."
    body = mapping(properties, "apiVersion", "kind", "name", "message", "severity")
    return {**document("Policy", about, body), "$defs": {"values": tree(FIELDS.values(), "", patch=True)}}


def _case_schema() -> Schema:
    values = {"$ref": "#/$defs/values"}
    environment = mapping(
        {"tier": TIER.schema(), "site": SITE.schema(), "name": NAME}, description="The environment; dev, cn, dev."
    )
    return mapping(
        {
            "expect": words("What the policy says of it.", *EXPECTATIONS),
            "environment": environment,
            "app": {**values, "description": "What the application's own file sets."},
            "inherited": {**values, "description": "What comes from its template and environment."},
            "base": {**values, "description": "The base's effective document; without it the application is new."},
            "console": {**values, "description": "What the console shows."},
        },
        "expect",
    )


POLICY = DocumentKind("policy", schema, place=POLICY_FILE, migrates=True)


def read_policy(files: SpecFiles, name: str) -> Policy:
    """The policy of a name, which for one of a source is `SOURCE.NAME`. Raises Malformed."""
    file = policy_file(name)
    read = read_document(files, file, POLICY)
    plain, node = read.node.plain(), read.node
    findings: list[Finding] = []
    require = _expression(files, read, findings) if "require" in plain else None
    locked = tuple(_locked_path(entry, file, findings) for entry in node.value["lock"].value) if "lock" in plain else ()
    if not ("require" in plain or "lock" in plain):
        findings.append(Finding("REC012", Severity.ERROR, "a policy needs the key require, or lock", node.at(file)))
    entries = node.value["cases"].value if "cases" in plain else {}
    cases = tuple(_case(called, entry, file, findings) for called, entry in entries.items())
    if findings:
        raise Malformed(findings)
    return Policy(
        name,
        Location(file),
        plain["message"],
        SEVERITIES[plain["severity"]],
        PolicyMatch({key: tuple(wanted) for key, wanted in plain.get("match", {}).items()}),
        plain.get("description", ""),
        plain.get("allowWaiver", False),
        require,
        locked,
        cases,
    )


def _expression(files: SpecFiles, read: Document, findings: list[Finding]) -> Expression | None:
    node = read.node.below("require")
    try:
        return compiled(node.plain())
    except ExpressionError as error:
        where = place_in(node, error.offset, files.read(read.file), read.file)
        message = printable(f"require: {error}")
        findings.append(Finding("REC100", Severity.ERROR, message, where, path="/require"))
        return None


def _locked_path(entry: Node, file: str, findings: list[Finding]) -> str:
    said = entry.plain().strip("/.").replace(".", "/").removeprefix("recording/").removeprefix("settings/")
    path = f"{SETTINGS}/{said}"
    known = [one for one in FIELDS if one.startswith(f"{SETTINGS}/")]
    full = pattern(path)
    if not any(one == full or one.startswith(f"{full}/") for one in known):
        meant = did_you_mean(said.replace("/", "."), sorted({short(one) for one in known}))
        findings.append(unfit(f'lock: there is no setting "{entry.plain()}"{meant}', entry, file, "/lock"))
    return path


_UNSAID: Mapping[str, Value] = {
    "/name": "case",
    "/sdkAppId": 1400000001,
    "/owner": "@nobody",
    "/recording/enabled": True,
    "/recording/mode": "auto",
}
"""What an example's application is where its case says nothing."""


def _case(name: str, entry: Node, file: str, findings: list[Finding]) -> PolicyCase:
    plain, where = entry.plain(), entry.key_at(file)
    environment = {"tier": "development", "site": "cn", "name": "dev", **plain.get("environment", {})}

    def patch(key: str, layer: Layer) -> Iterator[Patch]:
        if key in plain:
            read, refused = read_patch(entry.below(key), layer, file)
            findings.extend(refused)
            yield read

    def application(*patches: Patch) -> Application:
        leaves, inert = merge([_unsaid(file), *patches])
        return Application(environment["name"], where, leaves, {}, inert=inert)

    own = application(*patch("inherited", Layer.ENVIRONMENT), *patch("app", Layer.APPLICATION))
    return PolicyCase(
        name,
        where,
        plain["expect"],
        environment["tier"],
        environment["site"],
        environment["name"],
        own,
        application(*patch("base", Layer.APPLICATION)) if "base" in plain else None,
        dict(application(*patch("console", Layer.APPLICATION)).values) if "console" in plain else None,
    )


def _unsaid(file: str) -> Patch:
    return Patch(Layer.SCHEMA, file, _UNSAID, frozenset({"/recording"}), (), array("I", [0] * 2 * len(_UNSAID)))
