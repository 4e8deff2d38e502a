"""What a JSON parameter may look like, said as data: kinds of values, and rules between an object's members.

Two codes refuse a value: UnknownParameter and MissingParameter for members, InvalidParameterValue for the
rest. Only numbers and words are echoed in a message, never objects and never what a `Hidden` kind holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.simulator.errors import ApiError, missing_parameter

JsonObject = dict[str, Any]
"""A JSON object as the standard library reads it."""

INVALID_VALUE = "InvalidParameterValue"
_ECHOED_CHARACTERS = 80


class ParamKind(Protocol):
    """One kind of JSON value."""

    def check(self, value: object, at: str) -> None:
        """Raises ApiError where `value`, found at the dotted path `at`, is not of this kind."""


class ParamRule(Protocol):
    """Something that must hold between the members of one object."""

    def check(self, value: JsonObject, at: str) -> None:
        """Raises ApiError where the object `value`, found at the dotted path `at`, breaks the rule."""


@dataclass(frozen=True, slots=True)
class IntegerParam:
    """A whole number from `low` to `high`, both included; the default range is what a signed int64 holds."""

    low: int = 0
    high: int = 2**63 - 1

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):  # JSON's true is a Python int
            raise wrong_type(at)
        if not self.low <= value <= self.high:
            raise wrong_value(value, at)


@dataclass(frozen=True, slots=True)
class ChoiceParam:
    """One of several values, such as the codes of a vocabulary."""

    choices: tuple[object, ...]

    def check(self, value: object, at: str) -> None:
        if type(value) not in map(type, self.choices):  # JSON's true is a Python int
            raise wrong_type(at)
        if value not in self.choices:
            raise wrong_value(value, at)


@dataclass(frozen=True, slots=True)
class FlagParam:
    """true or false."""

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, bool):
            raise wrong_type(at)


@dataclass(frozen=True, slots=True)
class TextParam:
    """A string that matches `pattern` wholly; the pattern carries the length limit too."""

    pattern: str = r"[^\x00]*"

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(at)
        if not re.fullmatch(self.pattern, value, re.ASCII):
            raise wrong_value(value, at)


@dataclass(frozen=True, slots=True)
class HiddenParam:
    """A secret: stored, never answered, never echoed in a message."""

    kind: ParamKind

    def check(self, value: object, at: str) -> None:
        try:
            self.kind.check(value, at)
        except ApiError as error:
            raise ApiError(error.code, f"The value specified in the parameter `{at}` is not valid.") from None


@dataclass(frozen=True, slots=True)
class ListParam:
    """A list of `least` to `most` items; none twice if `distinct`, and at most one out of `never_together`."""

    item: ParamKind
    distinct: bool = False
    never_together: frozenset[str] = frozenset()
    least: int = 1
    most: int = 1000

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, list):
            raise wrong_type(at)
        for index, item in enumerate(value):
            self.item.check(item, f"{at}.{index}")
        twice = self.distinct and len(set(value)) < len(value)
        clash = self.never_together and len(self.never_together.intersection(value)) > 1
        if not self.least <= len(value) <= self.most or twice or clash:
            raise wrong_value(",".join(map(str, value)), at)


@dataclass(frozen=True, slots=True)
class ObjectParam:
    """An object with these `members` and no others; `complete` makes every member required."""

    members: Mapping[str, ParamKind]
    required: tuple[str, ...] = ()
    complete: bool = False
    rules: tuple[ParamRule, ...] = ()

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, dict):
            raise wrong_type(at)
        for name in value:
            if name not in self.members:
                unknown = join(at, name)[:_ECHOED_CHARACTERS]
                raise ApiError("UnknownParameter", f"The parameter `{unknown}` is not recognized.")
        for name in self.members if self.complete else self.required:
            if name not in value:
                raise missing_parameter(join(at, name))
        for name, member in value.items():
            self.members[name].check(member, join(at, name))
        for rule in self.rules:
            rule.check(value, at)

    def without_hidden(self, value: JsonObject) -> JsonObject:
        """`value` as an answer may show it: every `Hidden` member is absent, whatever else is in it."""
        shown: JsonObject = {}
        for name, member in value.items():
            kind = self.members.get(name)
            if isinstance(kind, HiddenParam):
                continue
            if isinstance(kind, ObjectParam) and isinstance(member, dict):
                shown[name] = kind.without_hidden(member)
            else:
                shown[name] = member
        return shown


@dataclass(frozen=True, slots=True)
class AtLeastOne:
    """One or more of `names` must be given."""

    names: tuple[str, ...]

    def check(self, value: JsonObject, at: str) -> None:
        if not any(name in value for name in self.names):
            raise missing_parameter(*(join(at, name) for name in self.names))


@dataclass(frozen=True, slots=True)
class AtMostOne:
    """No two of `names` may be given."""

    names: tuple[str, ...]

    def check(self, value: JsonObject, at: str) -> None:
        if sum(name in value for name in self.names) > 1:
            both = " and ".join(f"`{join(at, name)}`" for name in self.names)
            raise ApiError(INVALID_VALUE, f"The parameters {both} exclude each other.")


@dataclass(frozen=True, slots=True)
class ExactlyOne:
    """One of `names` must be given and no second."""

    names: tuple[str, ...]

    def check(self, value: JsonObject, at: str) -> None:
        AtLeastOne(self.names).check(value, at)
        AtMostOne(self.names).check(value, at)


@dataclass(frozen=True, slots=True)
class ProductAtMost:
    """The product of two integer members has a limit: a picture's pixels."""

    names: tuple[str, str]
    limit: int

    def check(self, value: JsonObject, at: str) -> None:
        first, second = self.names
        if value[first] * value[second] > self.limit:
            raise wrong_value(f"{value[first]}*{value[second]}", f"{join(at, first)}*{second}")


def join(at: str, name: str) -> str:
    """The dotted path of member `name` of the object at `at`; the outermost object has no name."""
    return f"{at}.{name}" if at else name


def wrong_type(at: str) -> ApiError:
    """The value at the dotted path `at` has another JSON type than the parameter."""
    return ApiError(INVALID_VALUE, f"The value type of parameter `{at or 'body'}` is not valid.")


def wrong_value(value: object, at: str) -> ApiError:
    """The value at the dotted path `at` has the right type and is not legal."""
    echoed = str(value)[:_ECHOED_CHARACTERS]
    return ApiError(INVALID_VALUE, f"The value `{echoed}` specified in the parameter `{at}` is not valid.")
