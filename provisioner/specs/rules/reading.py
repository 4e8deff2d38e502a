"""What the reader and the schemas refuse. They make these findings themselves; here they get a place in the docs."""

from __future__ import annotations

from provisioner.recording.findings import Severity
from provisioner.specs.rules.rule import Rule

_ERROR = Severity.ERROR
_YAML = "Policy: a spec means the same to every reader and every tool."

RULES = (
    Rule("REC001", "A spec is one YAML document", _ERROR, _YAML),
    Rule(
        "REC002",
        "A spec is a readable UTF-8 file inside the project, of a size and depth that people write",
        _ERROR,
        _YAML,
    ),
    Rule("REC003", "A key stands once", _ERROR, "YAML readers silently take the last of two equal keys."),
    Rule("REC004", "No tags, aliases or merge keys", _ERROR, "They hide where a value comes from; templates do not."),
    Rule(
        "REC005",
        "No value that tools read differently",
        _ERROR,
        "yes, on and 010 change their type between YAML 1.1 and 1.2.",
    ),
    Rule(
        "REC006",
        "What looks like a spec is read",
        _ERROR,
        "Policy: an application whose file nobody reads is a call that nobody records.",
    ),
    Rule(
        "REC007",
        "No command was cut off while it wrote specs",
        _ERROR,
        "Policy: half of a promotion is nothing that anybody has reviewed.",
    ),
    Rule(
        "REC010",
        "Keys are known, and stand in the file that may set them",
        _ERROR,
        "Policy: a key that nobody reads is a setting that does not hold.",
    ),
    Rule(
        "REC011",
        "Values are of their kind, with their unit and in their range",
        _ERROR,
        "Ranges are those of the API reference; each field's entry in the JSON Schemas names its page.",
    ),
    Rule("REC020", "A pinned template version exists", _ERROR, "Policy: templates/NAME/vN.yaml is what NAME@vN means."),
    Rule(
        "REC021",
        "A document is named like its file or folder",
        _ERROR,
        "Policy: the name pairs an application across environments.",
    ),
    Rule(
        "REC022",
        "A key of the console block counts with its driver",
        _ERROR,
        "Policy: a setting that nothing looks at is refused, not ignored.",
    ),
    Rule("REC023", "No template extends itself", _ERROR, "Policy: what a template says ends somewhere."),
    Rule(
        "REC024",
        "A file to start from is filled in",
        _ERROR,
        "Policy: promotion cannot know what belongs to an environment; a value that says FILL IN is a question.",
    ),
    Rule(
        "REC025",
        "A promotion record is as it was written",
        _ERROR,
        "Policy: the next promotion is merged with the last one's record, and a rollback restores it.",
    ),
)
