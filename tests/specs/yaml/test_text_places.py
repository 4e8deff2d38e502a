from __future__ import annotations

import pytest

from provisioner.specs.yaml.reader import read
from provisioner.specs.yaml.text_places import place_in

FORMS = {
    "plain": "a: app.name == 1 && TARGET",
    "single quotes": "a: 'app.name == ''x'' && TARGET'",
    "double quotes": 'a: "app.name == \\"x\\" && TARGET"',
    "folded": "a: >-\n    app.name == 'x' &&\n    (true ||\n       TARGET)",
    "literal": "a: |\n  app.name == 'x'\n\n    && TARGET\n",
    "several lines": "a: app.name ==\n   1 &&\n   TARGET",
    "in a flow": "a: {b: 'x', c: 'true && TARGET'}",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_character_of_a_value_is_found_in_its_file(text: str) -> None:
    node = read(text.encode(), "f.yaml").below("a")
    node = node.below("c") if isinstance(node.plain(), dict) else node
    place = place_in(node, node.plain().index("TARGET"), text.encode(), "f.yaml")
    assert text.split("\n")[place.line - 1][place.column - 1 :].startswith("TARGET")


def test_the_end_of_a_value_is_right_after_it() -> None:
    node = read(b"a: 1 +", "f.yaml").below("a")
    place = place_in(node, 3, b"a: 1 +", "f.yaml")
    assert str(place) == "f.yaml:1:7"
