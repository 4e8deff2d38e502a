"""The package as Pulumi's tools and type checkers see it, built from the field table.

`python -m provisioner.provider.package` writes its committed copies: `schema.json`, which SDKs of any language are
generated from, and `arguments.py`, the types of our own Python class.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner import __version__
from provisioner.foundation.files import write_atomically
from provisioner.provider import tokens
from provisioner.provider.properties import EFFECTIVE_AFTER, INTENT
from provisioner.specs.keys.console import CONSOLE
from provisioner.specs.schema import generation

Schema = dict[str, Any]

_FOLDER = Path(__file__).parent
_SINGULAR = {"panes": "pane", "watermarks": "watermark"}
_ANY = {"$ref": "pulumi.json#/Any"}
_ABOUT_INTENT = (
    "Acknowledges a consequence that would otherwise be refused, such as stop-recording, until a day. "
    "It is no setting and is never compared."
)
_ABOUT_EFFECTIVE = "Rooms created after this moment (RFC 3339, UTC) follow the last write; empty before the first."
_ABOUT_SETTINGS = (
    "How it is recorded. Of a manual application they are the backend's contract, stand in no console and may be left "
    "out."
)
_ABOUT_NAME = "What the application is called in messages; the resource's own name where it is left out."


def package() -> Schema:
    """The package schema."""
    types = {tokens.type_token(name): _type(name, node) for name, node in blocks().items()}
    resource = _resource_properties()
    return {
        "name": tokens.PACKAGE,
        "displayName": "Tencent RTC cloud recording",
        "version": __version__,
        "description": "Recording settings of Tencent RTC applications.",
        "keywords": ["tencent", "trtc", "recording", "category/cloud"],
        "license": "Apache-2.0",
        "language": {"python": {"pyproject": {"enabled": True}, "inputTypes": "classes-and-dicts"}},
        "provider": {
            "description": "One environment of the specs; with tier, site, region and console a console of its own.",
            "inputProperties": _provider_properties(),
            "requiredInputs": ["environment"],
        },
        "config": {"variables": _provider_properties()},
        "types": types,
        "resources": {
            tokens.RESOURCE: {
                "description": "The recording settings of one SDKAppId. Values are written as in specs: 10s, 1200kbps.",
                "inputProperties": resource,
                "requiredInputs": ["recording", "sdkAppId"],
                "properties": {
                    **resource,
                    EFFECTIVE_AFTER: {"type": "string", "description": _ABOUT_EFFECTIVE},
                },
                "required": [EFFECTIVE_AFTER, "recording", "sdkAppId"],
            }
        },
        "functions": _functions(),
    }


def blocks() -> dict[str, Schema]:
    """Every mapping of a resource's inputs and of the provider's configuration by the name of its type."""
    whole = generation.build()["effective"]["properties"]
    effective, calls = whole["recording"], whole["calls"]
    settings = {**effective["properties"]["settings"], "description": _ABOUT_SETTINGS}
    about = "Whether and how rooms of an application are recorded."
    recording = {**effective, "description": about, "properties": {**effective["properties"], "settings": settings}}
    found = {"Recording": recording, **dict(_below(recording, "")), "Calls": calls, **dict(_below(calls, "Calls"))}
    day = {"type": "string", "description": "Last day it holds, YYYY-MM-DD."}
    reason = {"type": "string", "description": "Why, in a sentence."}
    found["Acknowledgement"] = {
        "description": "One consequence that is meant.",
        "properties": {"reason": reason, "expires": day},
        "required": ["reason", "expires"],
    }
    console = CONSOLE.schema()
    own = {name: node for name, node in console["properties"].items() if name not in ("page", "credentials")}
    own["credentials"] = {
        "description": "Where credentials come from, by name and never by value: {profile: {name: ci}}, as in "
        "environment.yaml. Left out: the variables TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _TOKEN.",
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    found["Console"] = {**console, "properties": own}
    return found


def _below(node: Schema, prefix: str) -> Iterator[tuple[str, Schema]]:
    for name, child in node["properties"].items():
        if "properties" in child:
            called = _called(prefix, name)
            for member in child.get("patternProperties", {}).values():
                called = _called(prefix, _SINGULAR[name])
                yield called, member
                yield from _below(member, called)
            if child["properties"]:
                yield called, child
                yield from _below(child, "" if name == "settings" else called)


def _called(prefix: str, name: str) -> str:
    return f"{prefix}{name[0].upper()}{name[1:]}"


def _type(name: str, node: Schema) -> Schema:
    properties = {key: _property(child, _prefix(name), key) for key, child in node["properties"].items()}
    required = {"required": sorted(node["required"])} if node.get("required") else {}
    return {"type": "object", "description": node.get("description", ""), "properties": properties, **required}


def _prefix(name: str) -> str:
    """How the types below a block begin: settings are flat enough to be called by themselves."""
    return "" if name in ("Recording", "Settings") else name


def _property(node: Schema, prefix: str, name: str) -> Schema:
    about = {"description": node.get("description", "")}
    if node.get("patternProperties"):
        member = tokens.type_token(_called(prefix, _SINGULAR[name]))
        return {**about, "type": "object", "additionalProperties": {"$ref": f"#/types/{member}"}}
    if node.get("properties"):
        return {**about, "$ref": f"#/types/{tokens.type_token(_called(prefix, name))}"}
    if "additionalProperties" in node:
        return {**about, "type": "object", "additionalProperties": node["additionalProperties"]}
    if node.get("type") == "array":
        return {**about, "type": "array", "items": {"type": "string"}}
    return {**about, "type": node.get("type", "string")}  # a vocabulary alone is one of words


def _resource_properties() -> Schema:
    effective = generation.build()["effective"]["properties"]
    acknowledgement = {"$ref": f"#/types/{tokens.type_token('Acknowledgement')}"}
    return {
        "name": {"type": "string", "description": _ABOUT_NAME},
        "sdkAppId": _property(effective["sdkAppId"], "", ""),
        "owner": _property(effective["owner"], "", ""),
        "onRemove": {
            "type": "string",
            "description": "What removing this resource does to the console: retain (the default) or stop-auto.",
        },
        "recording": {
            "$ref": f"#/types/{tokens.type_token('Recording')}",
            "description": "Whether and how rooms of the application are recorded.",
        },
        "calls": {
            "$ref": f"#/types/{tokens.type_token('Calls')}",
            "description": "TUICallKit's webhook of calls; only of an application that has a spec with it.",
        },
        INTENT: {"type": "object", "additionalProperties": acknowledgement, "description": _ABOUT_INTENT},
    }


def _provider_properties() -> Schema:
    environment = generation.build()["environment"]["properties"]
    own = {
        key: {"type": "string", "description": environment[key]["description"]} for key in ("tier", "site", "region")
    }
    about = "Which console: as in environment.yaml."
    return {
        "environment": {
            "type": "string",
            "description": "The folder below environments/ that this provider serves; beside console, just a name.",
        },
        **own,
        "console": {"$ref": f"#/types/{tokens.type_token('Console')}", "description": about},
        "limits": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "How much one run may change: {maxChanges: 10}; console of its own only.",
        },
        INTENT: {
            "type": "object",
            "additionalProperties": {"$ref": f"#/types/{tokens.type_token('Acknowledgement')}"},
            "description": "Acknowledges max-changes, that a run exceeds the limits; console of its own only.",
        },
    }


def _functions() -> Schema:
    text, number = {"type": "string"}, {"type": "integer"}
    listed = {"type": "array", "items": _ANY}
    texts = {"type": "array", "items": text}
    plan = {"plan": _ANY, "summary": text, "refused": text, "people": text, "removed": listed}
    plan |= {"present": texts, "guardrails": texts}
    shown = {
        "sdkAppId": number,
        "name": text,
        "generation": text,
        "recording": _ANY,
        "cannotVerify": {"type": "object", "additionalProperties": text},
        "console": text,
        "consolePage": text,
    }
    return {
        tokens.GET_PLAN: _function(
            "What differs between the specs of the environment and its console, and what stands against applying it.",
            {"known": {**listed, "description": "Applications that the stack holds."}},
            plan,
        ),
        tokens.GET_APPLICATION: _function(
            "What the console shows of one application.",
            {"sdkAppId": {**number, "description": "The application's SDKAppId."}},
            shown,
            "sdkAppId",
        ),
        tokens.GET_APPLICATIONS: _function(
            "All applications of the account.", {}, {"console": text, "applications": listed}
        ),
    }


def _function(about: str, takes: Schema, answers: Schema, *required: str) -> Schema:
    inputs = {"type": "object", "properties": takes, **({"required": list(required)} if required else {})}
    outputs = {"type": "object", "properties": answers, "required": sorted(answers)}
    return {"description": about, **({"inputs": inputs} if takes else {}), "outputs": outputs}


def arguments() -> str:
    """The module `arguments.py`: the same blocks as typed dictionaries, the innermost first."""
    head = (
        '"""What a `RecordingConfiguration` and a `Provider` take, as typed dictionaries.\n\n'
        "Written by `python -m provisioner.provider.package` from the field table; the keys are those of specs.\n"
        '"""\n\n'
        "from __future__ import annotations\n\n"
        "from collections.abc import Mapping, Sequence\n"
        "from typing import NotRequired, TypedDict\n\n"
        "from pulumi import Input\n"
    )
    return head + "".join(_class(name, node) for name, node in reversed(blocks().items()))


def _class(name: str, node: Schema) -> str:
    prefix = _prefix(name)
    lines = ["", "", f"class {name}(TypedDict):", *_prose(node.get("description", ""))]
    for key, child in node["properties"].items():
        python = f"Input[{_python(child, prefix, key)}]"
        lines += ["", f"    {key}: {python if key in node.get('required', ()) else f'NotRequired[{python}]'}"]
        lines += _prose(child.get("description", ""))
    return "\n".join(lines) + "\n"


def _python(node: Mapping[str, Any], prefix: str, name: str) -> str:
    if node.get("patternProperties"):
        return f"Mapping[str, Input[{_called(prefix, _SINGULAR[name])}]]"
    if node.get("properties"):
        return _called(prefix, name)
    if "additionalProperties" in node:
        return "Mapping[str, Mapping[str, str]]"
    if node.get("type") == "array":
        return "Sequence[Input[str]]"
    return {"boolean": "bool", "integer": "int"}.get(node.get("type", ""), "str")


def _prose(text: str) -> list[str]:
    """A docstring of a class or an attribute."""
    one = f'    """{text}"""'
    if len(one) <= 120:
        return [one]
    first, *rest = textwrap.wrap(text, 113)
    return [f'    """{first}', *(f"    {line}" for line in rest), '    """']


def write() -> None:
    """Write the committed copies."""
    text = json.dumps(package(), indent=2, ensure_ascii=False) + "\n"
    write_atomically(_FOLDER / "schema.json", text.encode())
    write_atomically(_FOLDER / "arguments.py", arguments().encode())


if __name__ == "__main__":
    write()
