"""Facts against a spec, leaf by leaf. Pure: the same facts give the same judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from provisioner.archive.evidence.facts import Facts, lasting
from provisioner.archive.evidence.verdicts import EvidenceVerdict, Fact, Judgement, SeenFacts
from provisioner.archive.files.storages import storage_of
from provisioner.archive.minutes.usage_period import day_of
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.manual import Manual, manual
from provisioner.recording.minutes import Streams, total

ENABLED, MODE, BACKEND = "/recording/enabled", "/recording/mode", "/recording/backendRecords"

_LATE_SPLIT = timedelta(minutes=1)
"""How much longer than maxFileDuration a file may be: it is cut at a picture that stands by itself [inferred]."""

_SAME_RETENTION = timedelta(days=1)
"""How far the time until a file goes may be from the declared one: it may count from the upload [inferred]."""

_FOR_EVER = timedelta(days=365 * 100)
"""From when on a file is kept for ever: the storage tells a year far away."""

_NOTHING_RECORDED = "nothing was recorded, and room callbacks are not collected"


def longest_file(app: Application) -> float | None:
    """Seconds from which on a file is longer than its spec allows."""
    limit = lasting(app.setting("maxFileDuration"))
    return None if limit is None else (limit + _LATE_SPLIT).total_seconds()


def judge(app: Application, facts: Facts) -> tuple[Judgement, ...]:
    """Every leaf of which something could be seen.

    Where nobody is to record, only whether somebody did is judged: the other leaves are nobody's contract.
    """
    judgements = [_whether_recorded(app, facts)]
    if app.records and (app.automatic or _over_rest(app)):
        judgements += [_copies(app, facts), *_formats(app, facts), *_streams(app, facts)]
        judgements += [*_length(app, facts), _storage(app, facts), *_retention(app, facts)]
    return tuple(judgements)


def recorded(facts: Facts) -> tuple[int, list[Fact]]:
    """How many recordings are stored, and some of what shows them.

    Files, and recorders that say so: that one started, or that minutes were counted, shows no recording.
    """
    stored = facts.callbacks.stored
    return max(facts.files.calls.count, stored.count), [*facts.files.calls.facts, *stored.facts]


def _active(facts: Facts) -> tuple[int, list[Fact]]:
    """How often anything recorded, whether or not it stored anything: what nobody was to record costs all the same."""
    count, proofs = recorded(facts)
    days, recorders = _days(facts), facts.callbacks.recorders
    return max(count, recorders.count) or days.count, [*proofs, *recorders.facts, *days.facts]


def _backend(app: Application) -> bool:
    return app.value(BACKEND) is True


def _over_rest(app: Application) -> bool:
    """Whether somebody calls CreateCloudRecording: the backend, or the controller."""
    return _backend(app) or manual(app) is not None


def _days(facts: Facts, streams: Streams | None = None) -> SeenFacts:
    """Whole days on which minutes were recorded, of any streams or of one kind."""
    seen = SeenFacts()
    for day, minutes in facts.usage.days.items() if facts.usage else ():
        some = {kind: amount for kind, amount in minutes.items() if streams in (None, kind.streams)}
        if total(some):
            seen.add(Fact("day", str(day), f"{total(some):,.1f} minutes"))
    return seen


def _whether_recorded(app: Application, facts: Facts) -> Judgement:
    if not (app.records and (app.automatic or _over_rest(app))):
        return _unwanted(app, facts)
    silent = _silent(facts)
    unstored = facts.callbacks.lost or silent[True]
    if unstored:
        return _seen(MODE, EvidenceVerdict.CONTRADICTS, "recorders ran, and what they recorded is not stored", unstored)
    if app.automatic:
        return _automatic(app, facts, silent[False])
    if carried_out := manual(app):
        return _controlled(carried_out, facts, silent[False])
    if recorded(facts)[0]:
        return Judgement(MODE, EvidenceVerdict.NOTHING, "recorded: by the backend or by a template, nobody can tell")
    if silent[False]:
        reason = "busy rooms were not recorded, and nobody here knows which ones the backend was to record"
        return _seen(MODE, EvidenceVerdict.NOTHING, reason, silent[False])
    return _nothing(MODE, facts)


def _unwanted(app: Application, facts: Facts) -> Judgement:
    """Of what nobody is to record: anything that recorded at all contradicts."""
    path, (count, proofs) = MODE if app.records else ENABLED, _active(facts)
    if count:
        reason = "mode is manual, and no backend records" if app.records else "recording is not enabled"
        return Judgement(path, EvidenceVerdict.CONTRADICTS, f"{reason}: something was recorded", tuple(proofs), count)
    if silent := _silent(facts)[False]:
        return _seen(path, EvidenceVerdict.BEHAVES, "busy rooms were not recorded by themselves", silent)
    return Judgement(path, EvidenceVerdict.NOTHING, _NOTHING_RECORDED)


def _controlled(carried_out: Manual, facts: Facts, silent: SeenFacts) -> Judgement:
    """Calls that the backend tells the controller of are not every room; what rooms themselves start is."""
    if silent and carried_out.start != "backend":
        reason = "the controller is to record every room, and rooms were busy without being recorded"
        return _seen(MODE, EvidenceVerdict.CONTRADICTS, reason, silent)
    count, proofs = recorded(facts)
    if not count:
        return _nothing(MODE, facts)
    reason = f"recorded over REST, {_times(count, 'call')}"
    return Judgement(MODE, EvidenceVerdict.BEHAVES, reason, tuple(proofs), count)


def _automatic(app: Application, facts: Facts, silent: SeenFacts) -> Judgement:
    if silent:
        reason = "mode is auto, and rooms were busy without being recorded"
        return _seen(MODE, EvidenceVerdict.CONTRADICTS, reason, silent)
    count, proofs = recorded(facts)
    if not count:
        if failed := facts.callbacks.failed:
            return _seen(MODE, EvidenceVerdict.CONTRADICTS, "recorders were started and failed", failed)
        return _nothing(MODE, facts)
    if _backend(app) and not facts.files.twice:
        return Judgement(MODE, EvidenceVerdict.NOTHING, "recorded: by the template or by the backend, nobody can tell")
    reason = f"recorded by the template, {_times(count, 'call')}"
    return Judgement(MODE, EvidenceVerdict.BEHAVES, reason, tuple(proofs), count)


def _nothing(path: str, facts: Facts) -> Judgement:
    """Nothing is stored as far as anybody knows: a recorder that started, or minutes, prove nothing."""
    if recorders := facts.callbacks.recorders:
        return _seen(path, EvidenceVerdict.NOTHING, "recorders were started, and no file is known", recorders)
    if days := _days(facts):
        return _seen(path, EvidenceVerdict.NOTHING, "minutes were recorded, and no file is known", days)
    return Judgement(path, EvidenceVerdict.NOTHING, _NOTHING_RECORDED)


def _silent(facts: Facts) -> dict[bool, SeenFacts]:
    """Busy rooms that left no file, by whether a recorder ran; also no minutes, on a day of which they are known.

    Where minutes are known and no file at all is there, files were moved or deleted, not missed.
    """
    seen = {True: SeenFacts(), False: SeenFacts()}
    if facts.files.missing:
        return seen  # a room's file may be among those that nobody saw
    days = facts.usage.days if facts.usage else {}
    for room in facts.silent:
        if room.filed or room.sent is None or room.sent_at is None:
            continue
        if not facts.files.calls and total(days.get(day_of(room.sent_at), {})):
            continue
        seen[room.recorder].add(Fact("callback", str(room.sent), f"room {room.name}"))
    return seen


def _copies(app: Application, facts: Facts) -> Judgement:
    twice, both = facts.files.twice, app.automatic and _backend(app)
    if twice:
        reason = "calls were recorded twice at the same time: two files, two fees"
        return _seen(BACKEND, EvidenceVerdict.BEHAVES if both else EvidenceVerdict.CONTRADICTS, reason, twice)
    if not facts.files.calls:
        return Judgement(BACKEND, EvidenceVerdict.NOTHING, "no file")
    return Judgement(
        BACKEND, EvidenceVerdict.NOTHING if both else EvidenceVerdict.BEHAVES, "no call was recorded twice"
    )


def _formats(app: Application, facts: Facts) -> Iterator[Judgement]:
    declared = app.setting("formats")
    if not isinstance(declared, tuple):
        return
    path, seen = f"{SETTINGS}/formats", facts.files.formats
    if foreign := [form for form in sorted(seen) if form not in declared]:
        reason = f"{_and(foreign)} {'is' if len(foreign) == 1 else 'are'} not declared"
        yield _seen(path, EvidenceVerdict.CONTRADICTS, reason, seen[foreign[0]])
    elif absent := [form for form in declared if form not in seen]:
        yield Judgement(path, EvidenceVerdict.NOTHING, f"no {_and(absent)} file{' yet' if seen else ''}")
    else:
        yield _seen(path, EvidenceVerdict.BEHAVES, f"{_and(declared)}, and no other", seen[declared[0]])


def _streams(app: Application, facts: Facts) -> Iterator[Judgement]:
    declared: dict[Streams, bool] = {"mixed": app.mixed, "single": app.single}
    seen = {name: _of_streams(facts, name) for name in declared}
    for name, wanted in declared.items():
        other: Streams = "single" if name == "mixed" else "mixed"
        path = f"{SETTINGS}/{name}"
        if wanted and name in facts.files.kinds:
            yield _seen(path, EvidenceVerdict.BEHAVES, f"{name} streams were recorded", facts.files.kinds[name])
        elif wanted and seen[name]:
            yield _seen(
                path, EvidenceVerdict.NOTHING, f"minutes of {name} streams were recorded, and no file", seen[name]
            )
        elif seen[name]:
            yield _seen(
                path,
                EvidenceVerdict.CONTRADICTS,
                f"{name} streams were recorded, and {other} ones declared",
                seen[name],
            )
        elif wanted and seen[other] and not declared[other]:
            yield _seen(path, EvidenceVerdict.CONTRADICTS, f"{other} streams were recorded instead", seen[other])
        elif wanted:
            yield Judgement(path, EvidenceVerdict.NOTHING, f"no {name} streams were recorded")


def _of_streams(facts: Facts, name: Streams) -> SeenFacts:
    """Files of these streams, and minutes: what must not be there costs money before it is stored."""
    files, days = facts.files.kinds.get(name, SeenFacts()), _days(facts, name)
    return SeenFacts(max(files.count, days.count), [*files.facts, *days.facts])


def _length(app: Application, facts: Facts) -> Iterator[Judgement]:
    path = f"{SETTINGS}/maxFileDuration"
    if longest_file(app) is None:
        return
    declared, longest = app.setting("maxFileDuration"), facts.files.longest
    if facts.files.too_long and longest is not None:
        reason = f"files are longer than {declared}: up to {_clock(longest)}"
        yield _seen(path, EvidenceVerdict.CONTRADICTS, reason, facts.files.too_long)
    elif facts.files.split:
        yield _seen(path, EvidenceVerdict.BEHAVES, f"recordings were split at {declared} or before", facts.files.split)
    else:
        reason = "no file of a known length" if longest is None else f"the longest file has {_clock(longest)}"
        yield Judgement(path, EvidenceVerdict.NOTHING, reason)


def _storage(app: Application, facts: Facts) -> Judgement:
    path = f"{SETTINGS}/storage/vendor"
    if facts.files.calls:
        return _seen(path, EvidenceVerdict.BEHAVES, f"files lie in {storage_of(app)}", facts.files.calls)
    if facts.files.missing:
        return Judgement(path, EvidenceVerdict.NOTHING, "files could not be listed")
    if days := _days(facts):
        reason = "minutes were recorded, and no file is there: deleted, moved, or stored elsewhere"
        return _seen(path, EvidenceVerdict.NOTHING, reason, days)
    return Judgement(path, EvidenceVerdict.NOTHING, "no file")


def _retention(app: Application, facts: Facts) -> Iterator[Judgement]:
    declared = app.setting("storage/vod/retention")
    if app.setting("storage/vendor") != "vod" or declared is None:
        return
    path, wanted = f"{SETTINGS}/storage/vod/retention", lasting(declared)
    if not facts.files.kept:
        yield Judgement(path, EvidenceVerdict.NOTHING, "no file that says how long it is kept")
        return
    for kept, seen in facts.files.kept.items():
        for_ever = kept > _FOR_EVER
        if for_ever != (wanted is None) or (wanted is not None and abs(kept - wanted) > _SAME_RETENTION):
            reason = f"files are kept {'for ever' if for_ever else _days_of(kept)}, and {declared} is declared"
            yield _seen(path, EvidenceVerdict.CONTRADICTS, reason, seen)
            return
    yield _seen(path, EvidenceVerdict.BEHAVES, f"files are kept {declared}", next(iter(facts.files.kept.values())))


def _seen(path: str, verdict: EvidenceVerdict, reason: str, seen: SeenFacts) -> Judgement:
    return Judgement(path, verdict, reason, tuple(seen.facts), seen.count)


def _and(words: Iterable[str]) -> str:
    return " and ".join(words)


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _days_of(kept: timedelta) -> str:
    return f"{kept.days}d" if kept.days else f"{kept.seconds // 3600}h"


def _clock(seconds: float) -> str:
    hours, minutes = divmod(round(seconds) // 60, 60)
    return f"{hours}:{minutes:02}:{round(seconds) % 60:02}"
