from __future__ import annotations

from provisioner.recording.application import Layer, Leaf
from provisioner.recording.fields import SETTINGS
from provisioner.recording.kinds import text
from provisioner.specs.layers import Patch, merge, split
from provisioner.specs.reader import read


def patch(layer: Layer, content: str) -> Patch:
    file = f"{layer.value}.yaml"
    return Patch(layer, file, SETTINGS, read(content.encode(), file))


def settings(*patches: Patch) -> dict[str, str]:
    leaves, findings = merge(patches)
    assert findings == []
    return {
        path.removeprefix(SETTINGS + "/"): text(leaf.value)
        for path, leaf in leaves.items()
        if path.startswith(SETTINGS) and leaf.value is not None
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


def test_a_deletion_without_a_default_stays_known() -> None:
    leaves, _ = merge([patch(Layer.TEMPLATE, "fileNamePrefix: a"), patch(Layer.APPLICATION, "fileNamePrefix: null")])
    counted, inert = split(leaves)
    path = f"{SETTINGS}/fileNamePrefix"
    assert (path in counted, inert[path].value, str(inert[path].where)) == (False, None, "application.yaml:1:17")
    overrode = inert[path].overrode
    assert overrode
    assert overrode.value == "a"


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
    leaves, _ = merge(
        [
            patch(Layer.ENVIRONMENT, "storage: {vendor: vod, vod: {subAppId: 1}}"),
            patch(Layer.APPLICATION, "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}"),
        ]
    )
    counted, inert = split(leaves)
    assert [path for path in counted if "/storage/" in path] == [
        f"{SETTINGS}/storage/{name}" for name in ("vendor", "cos/region", "cos/bucket")
    ]
    assert list(inert) == [f"{SETTINGS}/storage/vod/{name}" for name in ("subAppId", "retention", "classId")]
    assert str(inert[f"{SETTINGS}/storage/vod/subAppId"].where) == "environment.yaml:1:40"


def test_storage_that_nobody_names_is_inert() -> None:
    counted, inert = split(merge([patch(Layer.ENVIRONMENT, "storage: {vod: {subAppId: 1}}")])[0])
    assert f"{SETTINGS}/storage/vod/subAppId" in inert
    assert not [path for path in counted if "/storage/" in path]


def test_members_of_a_collection_are_merged_by_name() -> None:
    merged = settings(
        patch(Layer.TEMPLATE, "mixed: {layout: {panes: {left: {top: 0, left: 0}, right: {top: 0}}}}"),
        patch(Layer.APPLICATION, "mixed: {layout: {panes: {left: {top: 9}, right: null, tile-2: {top: 2}}}}"),
    )
    assert {path: value for path, value in merged.items() if "/panes/" in path} == {
        "mixed/layout/panes/left/top": "9",
        "mixed/layout/panes/left/left": "0",
        "mixed/layout/panes/tile-2/top": "2",
    }


def test_manual_mode_brings_the_defaults_of_its_own_fields() -> None:
    def chosen(mode: str) -> dict[str, Leaf]:
        text = f"{{mode: {mode}, settings: {{mixed: {{layout: {{panes: {{left: {{top: 0}}}}}}}}}}}}"
        return merge([Patch(Layer.APPLICATION, "a.yaml", "/recording", read(text.encode(), "a.yaml"))])[0]

    pane = f"{SETTINGS}/mixed/layout/panes/left/renderMode"
    assert pane not in chosen("auto")
    assert (chosen("manual")[pane].value, chosen("manual")[pane].layer) == ("crop", Layer.SCHEMA)


def test_a_wrong_value_is_found_even_where_a_stronger_file_overrides_it() -> None:
    _, findings = merge([patch(Layer.TEMPLATE, "maxIdleTime: 2s"), patch(Layer.APPLICATION, "maxIdleTime: 10s")])
    assert [str(finding) for finding in findings] == [
        "template.yaml:1:14: REC011 recording.settings.maxIdleTime takes 5s to 24h, not 2s"
    ]
