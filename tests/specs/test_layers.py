from __future__ import annotations

from provisioner.recording.application import Layer, Leaf
from provisioner.recording.fields import SETTINGS
from provisioner.recording.kinds import text
from provisioner.specs.layers import Patch, merge
from provisioner.specs.reader import read


def patch(layer: Layer, content: str) -> Patch:
    file = f"{layer.value}.yaml"
    return Patch(layer, file, SETTINGS, read(content.encode(), file))


def settings(*patches: Patch) -> dict[str, str]:
    leaves, findings = merge(patches)
    assert findings == []
    return {
        path.removeprefix(SETTINGS + "/"): text(leaf.value) if leaf.value is not None else "null"
        for path, leaf in leaves.items()
        if path.startswith(SETTINGS)
    }


def test_the_stronger_file_wins_and_remembers_what_it_overrode() -> None:
    leaves, _ = merge(
        [
            patch(Layer.TEMPLATE, "maxIdleTime: 5s\n"),
            patch(Layer.ENVIRONMENT, "maxIdleTime: 10s\n"),
            patch(Layer.APPLICATION, "\n\nmaxIdleTime: 20s\n"),
        ]
    )
    leaf = leaves[f"{SETTINGS}/maxIdleTime"]
    chain: list[str] = []
    step: Leaf | None = leaf
    while step is not None:
        assert step.value is not None
        chain.append(f"{text(step.value)} by {step.layer.value} at {step.where}")
        step = step.overrode
    assert chain == [
        "20s by application at application.yaml:3:14",
        "10s by environment at environment.yaml:1:14",
        "5s by template at template.yaml:1:14",
    ]


def test_null_deletes_and_the_default_remembers_the_deletion() -> None:
    leaves, _ = merge([patch(Layer.TEMPLATE, "maxFileDuration: 2h"), patch(Layer.APPLICATION, "maxFileDuration: null")])
    leaf = leaves[f"{SETTINGS}/maxFileDuration"]
    assert (str(leaf.value), leaf.layer) == ("1d", Layer.SCHEMA)
    assert leaf.overrode
    assert (leaf.overrode.value, str(leaf.overrode.where)) == (None, "application.yaml:1:18")


def test_null_deletes_a_whole_block() -> None:
    merged = settings(patch(Layer.TEMPLATE, "mixed: {maxUsers: 4}"), patch(Layer.APPLICATION, "mixed: null"))
    assert not [path for path in merged if path.startswith("mixed/")]


def test_an_empty_block_is_there_by_its_defaults() -> None:
    merged = settings(patch(Layer.TEMPLATE, "mixed: {}"))
    assert merged["mixed/maxUsers"] == "8"
    assert merged["mixed/video/bitrate"] == "550kbps"


def test_a_block_that_nobody_names_has_no_defaults() -> None:
    assert not [path for path in settings(patch(Layer.TEMPLATE, "maxIdleTime: 5s")) if path.startswith("single/")]


def test_lists_are_replaced_as_a_whole_and_ordered_by_the_vocabulary() -> None:
    merged = settings(patch(Layer.TEMPLATE, "formats: [mp4]"), patch(Layer.APPLICATION, "formats: [aac, hls]"))
    assert merged["formats"] == "[hls, aac]"


def test_only_the_storage_that_vendor_names_counts() -> None:
    merged = settings(
        patch(Layer.ENVIRONMENT, "storage: {vendor: vod, vod: {subAppId: 1}}"),
        patch(Layer.APPLICATION, "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}"),
    )
    assert {path: value for path, value in merged.items() if path.startswith("storage/")} == {
        "storage/vendor": "cos",
        "storage/cos/region": "ap-x",
        "storage/cos/bucket": "b-1",
    }


def test_a_wrong_value_is_found_even_where_a_stronger_file_overrides_it() -> None:
    _, findings = merge([patch(Layer.TEMPLATE, "maxIdleTime: 2s"), patch(Layer.APPLICATION, "maxIdleTime: 10s")])
    assert [str(finding) for finding in findings] == [
        "template.yaml:1:14: REC011 recording.settings.maxIdleTime takes 5s to 24h, not 2s"
    ]
