"""docs/rules.md, written from the registry: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from provisioner.foundation.files import write_atomically
from provisioner.specs.rules import GROUPS
from provisioner.specs.rules.rule import Rule

_INTRO = """\
# Rules

<!-- Written from the code by `make docs`. -->

`provisioner validate` checks specs offline; what only the console can tell is found by `plan`. Every finding names its
place and its rule. Each rule rests on a fact of the service, with its source in brackets, or on a policy of this tool.

| severity | what it does |
|---|---|
| error | stops everything: nothing is read or written |
| high | stops `apply` and `pulumi up` until an `intent` in the spec, or `--allow`, acknowledges it |
| medium | is shown: something may be lost, cost money, or concern people |
| low | is shown: something is untidy, or will be one day |
| info | is shown: something to know |

## Waiving a rule

An application may live with what a rule says, for a while, for a reason:

```yaml
waive:
  REC064: {reason: The backend's copy is evidence, owner: "@acme/compliance", expires: 2027-03-31}
```

The waiver holds for this application until the end of its last day. One that has expired, or that nothing needs any
more, is itself a finding. It belongs to its environment and is never promoted.

## A rule of your own

A package that names rules in the entry point group `trtc_recording.rules` adds them to `validate`, `plan` and
`pulumi up` wherever it is installed. [`examples/02-custom-rule`](../examples/02-custom-rule) is one. Ids that begin
with REC are this tool's.
"""


def markdown() -> str:
    """The page: every rule under its group's heading."""
    return "\n".join([_INTRO, *(line for title, rules in GROUPS.items() for line in _group(title, rules))])


def _group(title: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    for rule in rules:
        waivable = ", can be waived" if rule.waivable else ""
        yield f"### {rule.id}\n\n**{rule.title}** ({rule.severity.value}{waivable})\n\n{rule.fact}\n"


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), markdown().encode())
