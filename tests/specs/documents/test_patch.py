"""Merging is RFC 7396, and then defaults."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.application import Layer
from provisioner.recording.document import flatten, nest
from provisioner.recording.fields import SETTINGS, with_defaults
from provisioner.recording.value_types import Value
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.patch import read_patch
from provisioner.specs.yaml.reader import read
from tests.values import documents, paths

Document = dict[str, Any]


def apply(target: Any, patch: Any) -> Any:
    """MergePatch, word for word from RFC 7396 section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = apply(result.get(name), value)
    return result


def merged(*patches: Document) -> dict[str, Value]:
    """What our merge makes of the patches, in its order."""
    texts = [json.dumps(patch, ensure_ascii=False).encode() for patch in patches]
    read_patches = [read_patch(read(text, "a.yaml"), Layer.APPLICATION, "a.yaml", SETTINGS) for text in texts]
    assert not [findings for _, findings in read_patches if findings]
    leaves, inert = merge([said for said, _ in read_patches])
    return {**leaves.plain, **{path: leaf.value for path, leaf in inert.items() if leaf.value is not None}}


@st.composite
def settings(draw: st.DrawFn) -> Document:
    """A patch that sets some settings."""
    nested = nest(draw(documents(SETTINGS)))
    patch: Document = nested.get("recording", {}).get("settings", {})
    return patch


@st.composite
def deleting(draw: st.DrawFn) -> Document:
    """A patch that sets some settings, deletes some leaves and blocks, and has empty blocks."""
    patch = draw(settings())
    for path in draw(st.lists(paths(SETTINGS), max_size=4)):
        keys = path.removeprefix(SETTINGS + "/").split("/")
        *blocks, last = keys[: draw(st.integers(1, len(keys)))]
        node = patch
        for block in blocks:
            if not isinstance(node.get(block), dict):
                node[block] = {}
            node = node[block]
        node[last] = draw(st.sampled_from([None, {}])) if len(blocks) + 1 < len(keys) else None
    return patch


def blocks_in(document: Document, path: str) -> set[str]:
    below = (blocks_in(value, f"{path}/{key}") for key, value in document.items() if isinstance(value, dict))
    return {path}.union(*below)


@given(st.lists(deleting(), min_size=1, max_size=4))
def test_merging_is_rfc_7396_and_then_defaults(patches: list[Document]) -> None:
    document: Document = reduce(apply, patches, {})
    said = flatten({"recording": {"settings": document}})
    assert merged(*patches) == {**with_defaults(said, blocks_in(document, SETTINGS)), **said}


@given(settings(), settings(), settings())
def test_without_deletions_merging_is_associative(a: Document, b: Document, c: Document) -> None:
    assert merged(a, b, c) == merged(apply(a, b), c) == merged(a, apply(b, c))


@given(st.lists(deleting(), max_size=3), st.randoms())
def test_the_order_of_keys_in_a_file_says_nothing(patches: list[Document], random: Any) -> None:
    def shuffled(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        keys = list(node)
        random.shuffle(keys)
        return {key: shuffled(node[key]) for key in keys}

    once, again = merged(*patches), merged(*map(shuffled, patches))
    assert list(once.items()) == list(again.items())


@given(settings())
def test_saying_a_thing_twice_changes_nothing(patch: Document) -> None:
    assert merged(patch, patch) == merged(patch)
