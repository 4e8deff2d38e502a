"""Which parts of a binding an endpoint answers with an ordinary key.

What a capture showed came from the gateway of the console's own page. Whether the public endpoint answers the same
actions is a fact of its own, and no grade says it: here each action's one answer is put into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.console.doctor_checks import EndpointAnswer, EndpointVerdict
from provisioner.console.port import ConsoleError, Shown, Unreadable
from provisioner.console.tencent.binding import Binding, get
from provisioner.console.tencent.error_codes import forbidden, unanswered
from provisioner.foundation.text_safety import excerpt
from provisioner.recording.fields import SETTINGS


@dataclass(frozen=True, slots=True)
class AskedAction:
    """One action asked once: its `Response`, or how it failed; `why` it was not asked, where neither."""

    response: Mapping[str, Any] | None = None
    error: ConsoleError | None = None
    why: str = ""


def listed_answer(binding: Binding, count: int | None, error: ConsoleError | None) -> EndpointAnswer:
    """Of the list action: how many applications it showed, or how it failed."""
    if error is not None and error.code == "UnexpectedAnswer":
        told = (EndpointVerdict.OTHER_SHAPE, f"answers in another shape: {excerpt(error.message)}")
    elif error is not None:
        told = _refusal(error)
    else:
        told = (EndpointVerdict.ANSWERS, f"answers as the binding says: {count} application{'s' * (count != 1)}")
    return EndpointAnswer("list", binding.listing.action, binding.listing.grade.value, *told)


def read_answer(binding: Binding, asked: AskedAction, shown: Mapping[str, Shown]) -> EndpointAnswer:
    """Of the read action, of whose answer each field is `shown`."""
    own = [path for path in binding.places if not (binding.template and path.startswith(SETTINGS))]
    told = _told(asked, binding.reading.fields, [shown.get(path) for path in own])
    return EndpointAnswer("read", binding.reading.action, binding.reading.grade.value, *told)


def template_answer(binding: Binding, asked: AskedAction, shown: Mapping[str, Shown]) -> Iterator[EndpointAnswer]:
    """Of the template's own action, where the binding has one."""
    if template := binding.template:
        own = [path for path in binding.places if path.startswith(SETTINGS)]
        told = _told(asked, template.fields, [shown.get(path) for path in own])
        yield EndpointAnswer("template", template.action, template.grade.value, *told)


def write_answers(binding: Binding) -> Iterator[EndpointAnswer]:
    """Of the writes: nobody asks them here."""
    told = "never asked here: only a write could tell"
    for action, grade in {write.action: write.grade for write in binding.writes}.items():
        yield EndpointAnswer("write", action, grade.value, EndpointVerdict.NOT_ASKED, told)


def _told(asked: AskedAction, place: str, shown: Sequence[Shown]) -> tuple[EndpointVerdict, str]:
    if asked.error is not None:
        return _refusal(asked.error)
    if asked.response is None:
        return EndpointVerdict.NOT_ASKED, f"not asked: {asked.why}"
    if not isinstance(get(asked.response, place), dict):
        return EndpointVerdict.OTHER_SHAPE, f"answers in another shape: {place} is not there"
    values = sum(value is not None and not isinstance(value, Unreadable) for value in shown)
    strange = sum(isinstance(value, Unreadable) and value.reason.startswith("the console's value") for value in shown)
    words = f"answers; {values} of {len(shown)} fields show a value where the binding says"
    if strange:
        words += f"; of {strange} it does not know the value"
    return EndpointVerdict.ANSWERS if values and not strange else EndpointVerdict.OTHER_SHAPE, words


_PARAMETERS = ("InvalidParameter", "MissingParameter", "UnknownParameter")
_NO_ACTION = ("InvalidAction", "NoSuchVersion", "ActionOffline")


def _refusal(error: ConsoleError) -> tuple[EndpointVerdict, str]:
    code = excerpt(error.code)
    if unanswered(error):
        return EndpointVerdict.NO_API, f"nothing that speaks the API answered: {excerpt(error.message)}"
    if error.code.startswith(_NO_ACTION):
        return EndpointVerdict.UNKNOWN_ACTION, f"does not know the action ({code})"
    if error.code.startswith("UnsupportedOperation"):
        return EndpointVerdict.UNSUPPORTED, f"does not support it for this account or key ({code})"
    if forbidden(error):
        return EndpointVerdict.NOT_ALLOWED, f"knows this key and does not let it do that ({code})"
    if error.code.startswith("AuthFailure"):
        return EndpointVerdict.KEY_REFUSED, f"refused the key ({code}), which says nothing of the action"
    told = f"{code}: {excerpt(error.message)}"
    if error.code.startswith(_PARAMETERS):
        return EndpointVerdict.OTHER_PARAMETERS, f"knows the action and wants other parameters ({told})"
    return EndpointVerdict.REFUSED, f"refused it ({told})"
