from __future__ import annotations

from provisioner.foundation.errors import Location
from provisioner.recording.application import Layer, Leaf, Leaves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import text
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.yaml.reader import read


def patch(layer: Layer, content: str) -> Patch:
    file = f"{layer.value}.yaml"
    understood, findings = read_patch(read(content.encode(), file), layer, file, SETTINGS)
    assert findings == []
    return understood


def settings(*patches: Patch) -> dict[str, str]:
    leaves, _ = merge(patches)
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
    counted, inert = merge(
        [patch(Layer.TEMPLATE, "fileNamePrefix: a"), patch(Layer.APPLICATION, "fileNamePrefix: null")]
    )
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
    merged = settings(
        patch(Layer.ENVIRONMENT, "storage: {vendor: vod, vod: {subAppId: 1}}"),
        patch(Layer.APPLICATION, "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}"),
    )
    _, inert = merge(
        [
            patch(Layer.ENVIRONMENT, "storage: {vendor: vod, vod: {subAppId: 1}}"),
            patch(Layer.APPLICATION, "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}"),
        ]
    )
    assert list(inert) == [f"{SETTINGS}/storage/vod/{name}" for name in ("subAppId", "retention", "classId")]
    assert str(inert[f"{SETTINGS}/storage/vod/subAppId"].where) == "environment.yaml:1:40"
    assert {path: value for path, value in merged.items() if path.startswith("storage/")} == {
        "storage/vendor": "cos",
        "storage/cos/region": "ap-x",
        "storage/cos/bucket": "b-1",
    }


def test_storage_that_nobody_names_is_inert() -> None:
    counted, inert = merge([patch(Layer.ENVIRONMENT, "storage: {vod: {subAppId: 1}}")])
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
    def chosen(mode: str) -> Leaves:
        text = f"{{mode: {mode}, settings: {{mixed: {{layout: {{panes: {{left: {{top: 0}}}}}}}}}}}}"
        said, _ = read_patch(read(text.encode(), "a.yaml"), Layer.APPLICATION, "a.yaml", "/recording")
        return merge([said]).leaves

    pane = f"{SETTINGS}/mixed/layout/panes/left/renderMode"
    assert pane not in chosen("auto")
    assert (chosen("manual")[pane].value, chosen("manual")[pane].layer) == ("crop", Layer.SCHEMA)


def test_a_wrong_value_is_named_as_its_file_writes_it() -> None:
    _, findings = read_patch(read(b"{maxIdleTime: 2s, formats: [mp4, mp5]}", "a"), Layer.TEMPLATE, "a", SETTINGS)
    assert [str(finding) for finding in findings] == [
        "a:1:15: REC011 settings.maxIdleTime takes 5s to 24h, not 2s",
        'a:1:34: REC011 settings.formats takes one of mp4, hls, aac, not "mp5" (did you mean "mp4"?)',
    ]


def test_storage_that_vendor_does_not_name_is_kept_apart_with_its_provenance() -> None:
    leaves, inert = merge(
        [
            patch(Layer.ENVIRONMENT, "storage: {vendor: vod, vod: {subAppId: 1}}"),
            patch(Layer.APPLICATION, "storage: {vendor: cos, cos: {region: ap-x, bucket: b-1}}"),
        ]
    )
    path = f"{SETTINGS}/storage/vod/subAppId"
    assert path not in leaves
    assert list(inert) == [f"{SETTINGS}/storage/vod/{name}" for name in ("subAppId", "retention", "classId")]
    assert inert[path] == Leaf(1, Layer.ENVIRONMENT, Location("environment.yaml", 1, 40))


def test_a_deleted_block_that_a_stronger_file_writes_again_starts_anew() -> None:
    leaves, _ = merge(
        [
            patch(Layer.TEMPLATE, "mixed: {maxUsers: 4, video: {fps: 30}}"),
            patch(Layer.ENVIRONMENT, "mixed: null"),
            patch(Layer.APPLICATION, "mixed: {maxUsers: 2}"),
        ]
    )
    users, fps = leaves[f"{SETTINGS}/mixed/maxUsers"], leaves[f"{SETTINGS}/mixed/video/fps"]
    assert (users.value, fps.value, fps.layer) == (2, 15, Layer.SCHEMA)
    assert users.overrode
    assert (users.overrode.value, str(users.overrode.where)) == (None, "environment.yaml:1:8")
    assert users.overrode.overrode
    assert users.overrode.overrode.value == 4


def test_leaves_come_in_the_order_of_the_field_table_whoever_sets_them() -> None:
    leaves, _ = merge([patch(Layer.TEMPLATE, "mixed: {}\nmaxIdleTime: 5s"), patch(Layer.APPLICATION, "media: audio")])
    assert list(leaves) == [path for path in FIELDS if path in leaves]
    assert dict(leaves.items()) == {path: leaves[path] for path in leaves}
    assert leaves.plain == {path: leaf.value for path, leaf in leaves.items()}
