"""Hypothesis strategies for what may stand in a field."""

from __future__ import annotations

from functools import cache, partial

from hypothesis import strategies as st

from provisioner.recording.field import Field
from provisioner.recording.fields import FIELDS, MEMBER, SETTINGS, find
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import (
    Amount,
    Flag,
    Kind,
    Reference,
    References,
    Text,
    Texts,
    Value,
    Whole,
    Word,
    Words,
)

_VENDORS = ("cos", "s3")  # vod is implied by its block
_PRINTABLE = st.characters(exclude_categories=("C", "Zl", "Zp"), max_codepoint=0xFFFF)


@cache  # a strategy of a pattern takes longer to make than a value
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
        case References(most):
            return st.sets(values(Reference()), min_size=1, max_size=most).map(
                lambda keys: kind.parse(sorted(map(str, keys)))
            )
        case Text(pattern):
            return st.from_regex(pattern, fullmatch=True, alphabet=_PRINTABLE).filter(partial(_accepts, kind))
        case Texts(text):
            return st.sets(values(text), min_size=1, max_size=4).map(lambda texts: kind.parse(sorted(map(str, texts))))
        case Amount(choices=choices) if choices:
            return st.sampled_from([kind.parse(choice) for choice in choices])
        case Amount(dimension, minimum, maximum, step, forever):
            low, high = (Quantity.parse(bound, dimension).amount or 0 for bound in (minimum, maximum))
            some = st.integers(-(-low // step), high // step).map(lambda count: Quantity(dimension, count * step))
            return some | st.just(Quantity(dimension, None)) if forever else some
    raise AssertionError(f"no strategy for {kind}")


def wire_values(path: str) -> st.SearchStrategy[Value]:
    """Values of a field that the service knows too."""
    if path == f"{SETTINGS}/storage/vendor":
        return st.sampled_from(_VENDORS)
    return values(FIELDS[path].kind)


@st.composite
def paths(draw: st.DrawFn, below: str = "") -> str:
    """The path of a leaf as a document has it: members of collections carry names."""
    path = draw(st.sampled_from([path for path in FIELDS if path.startswith(below + "/")]))
    return path.replace("*", draw(st.from_regex(MEMBER.pattern, fullmatch=True))) if "*" in path else path


@st.composite
def documents(draw: st.DrawFn, below: str = "") -> dict[str, Value]:
    """Legal values of some leaves by path, each for itself: rules between fields are not minded."""
    return {path: draw(values(found(path).kind)) for path in draw(st.lists(paths(below), max_size=12, unique=True))}


def found(path: str) -> Field:
    """The field at a path that is known to have one."""
    field = find(path)
    assert field is not None, path
    return field


def _accepts(kind: Kind, raw: object) -> bool:
    try:
        kind.parse(raw)
    except ValueError:
        return False
    return True


def json_documents() -> st.SearchStrategy[object]:
    """JSON documents of any shape that a spec could have, hostile texts included."""
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
        [
            "yes",
            "~",
            "010",
            "1_0",
            "0o17",
            "<<",
            "- a",
            "a: b",
            "a #b",
            "1e5",
            ".inf",
            "\x85",
            "\u2028",
            "\ufeff",
            "key:",
        ]
    )
    scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts
    nested = st.recursive(
        scalars,
        lambda below: st.lists(scalars, max_size=3) | st.dictionaries(texts, below, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(texts, nested, max_size=4)
