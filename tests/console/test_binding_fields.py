from __future__ import annotations

from importlib import resources

from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.specs.yaml.reader import read


def test_the_default_binding_has_a_place_for_exactly_what_a_template_holds() -> None:
    file = resources.files("provisioner.console").joinpath("bindings", "default.yaml")
    places = read(file.read_bytes(), "default.yaml").plain()["fields"]
    template = {path for path, field in FIELDS.items() if path.startswith(SETTINGS + "/") and Mode.AUTO in field.modes}
    assert {path for path in places if path.startswith(SETTINGS + "/")} == template
