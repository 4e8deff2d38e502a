"""Parameters that the field table describes: what the service calls a setting, and which JSON it takes for it."""

from __future__ import annotations

from provisioner.recording.field import Field, Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Amount, Texts, Whole
from provisioner.recording.wire_codecs import Codec, Codes, Count, FolderList, TextList, WordList
from provisioner.simulator.param_schema import ChoiceParam, HiddenParam, IntegerParam, ListParam, ParamKind, TextParam

FILE_WORD = r"[A-Za-z0-9_-]"
"""One character of what may stand in a file's name."""


def members_of(block: str) -> dict[str, ParamKind]:
    """The members of an object of the console's template, by their public names; `block` is a path below `settings`."""
    return {
        field.wire.member: param(field, field.wire.codec)
        for field in FIELDS.values()
        if field.block == SETTINGS + block and Mode.AUTO in field.modes and field.wire and field.wire.member
    }


def members_named(type_name: str) -> dict[str, ParamKind]:
    """The members of a public type of the REST API, such as `RecordParams`, as far as settings fill them."""
    return {
        wire.member: param(field, wire.codec)
        for field in FIELDS.values()
        if field.wire
        for wire in (field.wire, *field.wire.rest)
        if wire.name.rpartition(".")[0] == type_name
    }


def param(field: Field, codec: Codec) -> ParamKind:
    """What the service takes for a setting that travels by `codec`. Of texts no page states a pattern."""
    kind = field.kind
    if field.secret:
        return HiddenParam(TextParam())
    if isinstance(codec, Codes):
        return ChoiceParam(tuple(codec.words.values()))
    if isinstance(codec, WordList):
        return ListParam(TextParam("|".join(codec.order)), distinct=True)
    if isinstance(codec, TextList) and isinstance(kind, Texts):
        return ListParam(TextParam(r"[^\x00]+"), least=0, most=kind.most)
    if isinstance(codec, FolderList):
        return ListParam(TextParam(rf"{FILE_WORD}+"))
    if isinstance(codec, Count) and isinstance(kind, Amount):
        low, high = (Quantity.parse(bound, kind.dimension).amount or 0 for bound in (kind.minimum, kind.maximum))
        return IntegerParam(low // codec.unit, high // codec.unit)
    return IntegerParam(kind.minimum, kind.maximum) if isinstance(kind, Whole) else TextParam()
