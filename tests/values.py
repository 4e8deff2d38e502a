"""Hypothesis strategies for what may stand in a field."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.kinds import Amount, Flag, Kind, Reference, Text, Value, Whole, Word, Words
from provisioner.recording.quantities import Quantity

_RATES = ("48kHz", "44.1kHz", "16kHz")
_VENDORS = ("cos", "s3")  # vod is implied by its block


def values(kind: Kind) -> st.SearchStrategy[Value]:
    """Legal values of a kind."""
    match kind:
        case Flag():
            return st.booleans()
        case Whole(minimum, maximum):
            return st.integers(minimum, maximum)
        case Word(choices):
            return st.sampled_from(choices)
        case Words(choices):
            return st.sets(st.sampled_from(choices), min_size=1).map(lambda words: kind.parse(sorted(words)))
        case Reference():
            return st.from_regex(r"\Aenv:[A-Z_]{1,20}\Z")
        case Text(pattern):
            return st.from_regex(pattern, fullmatch=True).filter(partial(_accepts, kind))
        case Amount(dimension, minimum, maximum, step, forever):
            low, high = (Quantity.parse(bound, dimension).amount or 0 for bound in (minimum, maximum))
            some = st.integers(-(-low // step), high // step).map(lambda count: Quantity(dimension, count * step))
            return some | st.just(Quantity(dimension, None)) if forever else some
    raise AssertionError(f"no strategy for {kind}")


def wire_values(path: str) -> st.SearchStrategy[Value]:
    """Values of a field that the service knows too."""
    kind = FIELDS[path].kind
    if path == f"{SETTINGS}/mixed/audio/sampleRate":
        return st.sampled_from([kind.parse(rate) for rate in _RATES])
    if path == f"{SETTINGS}/storage/vendor":
        return st.sampled_from(_VENDORS)
    return values(kind)


def _accepts(kind: Kind, raw: object) -> bool:
    try:
        kind.parse(raw)
    except ValueError:
        return False
    return True
