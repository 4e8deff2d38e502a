"""From captures to a binding: every entry that was seen, and what to type next for those that were not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from provisioner.console.grade import Grade
from provisioner.console.learning import actions
from provisioner.console.learning.exchanges import Exchange
from provisioner.console.learning.matching import unknown_words
from provisioner.console.learning.places import FieldSpots, Spot, holder, implied, spots, storage_of, values_of
from provisioner.console.learning.sheet import ENABLED, MODE, VENDOR, Round
from provisioner.console.learning.timeline import BEFORE, Pointer, Timeline, marked, timeline
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import SETTINGS

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntryEvidence:
    """What one entry of a binding rests on: `file#number` and place of an example, and the rounds that agree."""

    entry: str
    where: tuple[str, ...]
    rounds: tuple[int, ...]
    exchanges: int


@dataclass(frozen=True, slots=True)
class Open:
    """An entry that stays as it was: why, and what to do next."""

    entry: str
    why: str
    next: str


@dataclass
class Lesson:
    """The binding as a document, what its observed entries rest on, and what is open.

    `used` are the places that were looked at to learn it: (action, side, place), side `request` or `answer`; and which
    scalars there are the sheet's own or codes for its words, None for ids and numbers of pages.
    """

    binding: Document
    rounds: tuple[int, ...] = ()
    evidence: list[EntryEvidence] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    contradictions: list[Open] = field(default_factory=list)
    used: dict[actions.Place, set[str] | None] = field(default_factory=dict)
    member: str | None = None
    app: int | str | None = None
    writing: frozenset[str] = frozenset()
    """Actions that write; what they answer says nothing."""


def learn(base: Document, captures: Sequence[Sequence[Exchange]], sheet: tuple[Round, ...]) -> Lesson:
    """What `captures` show, put over the binding document `base`. What was observed before stays as it is."""
    found = timeline(captures, sheet)
    lesson = Lesson(deepcopy(base), tuple(sorted(found.rounds)))
    lesson.member, lesson.app, lesson.writing = found.member, found.app, found.writing
    _Learner(lesson, base, found, sheet, captures).run()
    return lesson


class _Learner:
    def __init__(
        self,
        lesson: Lesson,
        base: Document,
        found: Timeline,
        sheet: tuple[Round, ...],
        captures: Sequence[Sequence[Exchange]],
    ) -> None:
        self.lesson, self.base, self.found, self.sheet = lesson, base, found, sheet
        self.fields = fields = spots(found, sheet)
        self.everything = [exchange for capture in captures for exchange in capture]
        self.reading = holder(spot for path in (ENABLED, MODE) for spot in fields[path].answers)
        settings = [one for path, one in fields.items() if path.startswith(SETTINGS)]
        self.template = holder(spot for one in settings for spot in one.answers)
        self.reading = self.reading or self.template
        self.writing = holder((spot for one in settings for spot in one.requests), alone=True)

    def run(self) -> None:
        self._use_marks()
        for path, one in self.fields.items():
            self._use(one)
            self._keep_actions(path, one)
        learned = {path: one for path, one in self.fields.items() if self._complete(one)}
        if self.found.member is None or self.reading is None or not learned:
            self._nothing()
            return
        if len(hosts := self._hosts()) > 1:
            told = ", ".join(printable(host) for host in hosts[:3])
            next_ = "Export a session of the console's page alone: a page may hold others' frames."
            self.lesson.open.append(Open("everything", f"its calls went to several hosts: {told}", next_))
            return
        old = self.base["read"]
        if old["grade"] == Grade.OBSERVED.value and old["action"] != self.reading:
            self._contradict("read", f"{old['action']} was observed before, this capture reads by {self.reading}")
            return
        self._header(learned)
        learned = {path: one for path, one in learned.items() if self._written(path, one.requests[0])}
        bases = self._bases(learned)
        for path, one in learned.items():
            self._field(path, one, bases)
        for path, one in self.fields.items():
            if path not in learned:
                self._missing(path, one)

    # What can be said of a field

    def _keep_actions(self, path: str, one: FieldSpots) -> None:
        """Only the actions that hold most fields can be a binding's; what stands elsewhere too is an echo."""
        reads = self.template if path.startswith(SETTINGS) else self.reading
        one.answers = [spot for spot in one.answers if spot.action == reads]
        if path.startswith(SETTINGS) and self.writing is not None:
            one.requests = [spot for spot in one.requests if spot.action == self.writing]

    def _complete(self, one: FieldSpots) -> bool:
        hidden = not one.answers and not one.shown
        return len(one.requests) == 1 and (len(one.answers) == 1 or hidden)

    def _hosts(self) -> list[str]:
        """Where one file's calls of the actions that count went, if that is not one host."""
        counted = {self.reading, self.template, self.writing}
        hosts: dict[str, set[str]] = defaultdict(set)
        for exchange in self.everything:
            if exchange.action in counted:
                hosts[exchange.file].add(exchange.host)
        return sorted(max(hosts.values(), key=len, default=()))

    def _written(self, path: str, sent: Spot) -> bool:
        """Whether the binding writes the field by the action that was seen to carry it."""
        writes = self.lesson.binding["writes"].values()
        return any(w["action"] == sent.action for w in writes if any(path.startswith(part) for part in w["carries"]))

    def _use(self, one: FieldSpots) -> None:
        for side, many in (("answer", one.answers), ("request", one.requests)):
            for spot in many:
                known = self.lesson.used.setdefault((spot.action, side, spot.at), set())
                if known is not None:
                    known |= {repr(sample.leaves[spot.at]) for sample in spot.samples}

    def _use_marks(self) -> None:
        """What tells a call's round counts, whatever is learned of it."""
        for side, samples in (("request", self.found.writes), ("answer", self.found.reads)):
            for action, many in samples.items():
                for at, value in (pair for sample in many for pair in marked(sample.leaves, self.sheet)):
                    known = self.lesson.used.setdefault((action, side, at), set())
                    if known is not None:
                        known.add(repr(value))

    def _nothing(self) -> None:
        rounds = ", ".join(str(one.number) for one in self.sheet)
        why = "no call carries the sheet's values" if not self.found.rounds else "too few calls carry them"
        self.lesson.open.append(
            Open("everything", why, f"Type rounds {rounds} of the sheet, saving and reloading each.")
        )

    # The actions

    def _header(self, learned: Mapping[str, FieldSpots]) -> None:
        assert self.reading is not None
        samples = self.found.reads[self.reading]
        binding = self.lesson.binding
        binding["service"] = samples[0].exchange.service or binding["service"]
        binding["version"] = samples[0].exchange.version or binding["version"]
        if binding["sdkAppId"] != self.found.member or isinstance(self.found.app, str) != ("sdkAppIdAs" in binding):
            binding["sdkAppId"] = self.found.member
            self._evidence("sdkAppId", samples, ())
            binding.pop("sdkAppIdAs", None)
            if isinstance(self.found.app, str):
                binding["sdkAppIdAs"] = "text"
        calls = actions.SeenCalls(self.found, self.everything, self.reading, self.template, self.writing)
        self._action("read", actions.reading(calls, binding["read"]))
        if self.template != self.reading:
            self._action("template", actions.template(calls))
        elif "template" in binding:
            self._contradict("template", "one action answers everything")
        self._action("list", actions.listing(calls, binding["list"]))
        writes = actions.writes(calls, {path: one.requests[0] for path, one in learned.items()}, binding)
        if writes is not None:
            binding["writes"] = writes
            for entry in writes.values():
                self._evidence(f"action:{entry['action']}", self.found.writes[entry["action"]], ())

    def _action(self, name: str, learned: actions.Learned) -> None:
        self.lesson.used |= dict.fromkeys(learned.used)
        if learned.entry is None:
            self.lesson.open.append(Open(name, learned.why, learned.next))
            return
        old = self.lesson.binding.get(name)
        if old and old["grade"] == Grade.OBSERVED.value and actions.shape(old) != actions.shape(learned.entry):
            self._contradict(name, "it was observed in another shape before")
            return
        seen = (old or {}).get("seen", 0) if old and old["grade"] == Grade.OBSERVED.value else 0
        entry = {**learned.entry, "grade": Grade.OBSERVED.value, "seen": seen + len(learned.exchanges)}
        self.lesson.binding[name] = entry
        where = tuple(f"{one.file}#{one.number}" for one in learned.exchanges[:1])
        self.lesson.evidence.append(EntryEvidence(name, where, self.lesson.rounds, len(learned.exchanges)))
        self.lesson.open += [Open(name, why, advice) for why, advice in learned.partly]

    # The fields

    def _bases(self, learned: Mapping[str, FieldSpots]) -> actions.Bases:
        """What places start from now; entries that were observed before are moved along with it."""
        before = {path: spots for path, spots in self._before().items() if path not in learned}
        known = {path: (one.answers[0] if one.answers else None, one.requests[0]) for path, one in learned.items()}
        pairs = [(path.startswith(SETTINGS), *spots) for path, spots in {**before, **known}.items()]
        bases = actions.bases(pairs, split=self.template != self.reading)
        binding = self.lesson.binding
        _place(binding["read"], "fields", bases.answers[False])
        if "template" in binding and self.template != self.reading:
            _place(binding["template"], "fields", bases.answers[True])
        for entry in binding["writes"].values():
            _place(entry, "at", bases.requests.get(entry["action"], ()))
        for path, (answer, request) in before.items():
            old = {key: value for key, value in binding["fields"][path].items() if key not in ("at", "sent")}
            binding["fields"][path] = {**_stands(path, answer, request, bases), **old}
        return bases

    def _before(self) -> dict[str, tuple[Spot | None, Spot]]:
        """Where entries stand that an earlier capture showed."""
        return {
            path: (Spot("", answer, {}, ()) if answer is not None else None, Spot(action, request, {}, ()))
            for path, (answer, action, request) in actions.observed_places(self.base).items()
        }

    def _field(self, path: str, one: FieldSpots, bases: actions.Bases) -> None:
        answer, sent = one.answers[0] if one.answers else None, one.requests[0]
        entry: Document = {"grade": Grade.OBSERVED.value, **_stands(path, answer or self._beside(sent), sent, bases)}
        if answer:
            entry |= answer.coding
            if one.absent or (one.always and path.startswith(SETTINGS) and self._began_without_template()):
                entry["absent"] = "unset"
        else:
            entry["shown"] = False
        self._storage(path, one, entry, bases)
        samples = [sample for spot in (*one.answers, *one.requests) for sample in spot.samples]
        calls = len({(s.exchange.file, s.exchange.number) for s in samples})
        old = self.lesson.binding["fields"].get(path)
        if old and old["grade"] == Grade.OBSERVED.value:
            was = actions.observed_places(self.base)[path]
            now = (answer.at if answer else None, sent.action, sent.at)
            together = actions.refined(old, entry)
            if was != now or together is None:
                then = "/".join(was[0] or was[2])
                self._contradict(f"field:{path}", f"observed at {then} before, this capture tells otherwise")
                return
            calls += old.get("seen", 0)
            entry = together
        self.lesson.binding["fields"][path] = {**entry, "seen": calls}
        self._evidence(f"field:{path}", samples, (*one.answers, *one.requests))
        if words := unknown_words(path, entry):
            rounds = [str(r.number) for r in self.sheet if _word_of(r, path) in words]
            next_ = f"Type round {', '.join(rounds)} of the sheet." if rounds else "The sheet has no round for it."
            self.lesson.open.append(Open(f"field:{path}", f"no code was seen for {', '.join(words)}", next_))

    def _began_without_template(self) -> bool:
        """Whether the application had no template before the first round, told by its id: nothing of it was set then.

        Nobody reads a template that is not there, so that its fields were missing without any answer to show it.
        """
        template = self.lesson.binding.get("template")
        if template is None or self.template == self.reading or template["action"] != self.template:
            return False
        first = [sample for sample in self.found.reads[self.reading or ""] if sample.round == BEFORE]
        at = tuple(template["id"].split("/"))
        later = [sample for sample in self.found.reads[self.reading or ""] if sample.round != BEFORE]
        return bool(first) and first[0].leaves.get(at) is None and all(at in sample.leaves for sample in later)

    def _beside(self, sent: Spot) -> Spot | None:
        """Where what is never shown would stand: beside the fields that requests carry beside it.

        A binding tells by the object around it whether there is anything to hide.
        """
        beside = [
            other.answers[0].at[:-1]
            for other in self.fields.values()
            if len(other.answers) == len(other.requests) == 1
            and (other.requests[0].action, other.requests[0].at[:-1]) == (sent.action, sent.at[:-1])
        ]
        return Spot("", (*beside[0], sent.at[-1]), {}, ()) if len(set(beside)) == 1 else None

    def _storage(self, path: str, one: FieldSpots, entry: Document, bases: actions.Bases) -> None:
        if path == VENDOR and one.answers:
            objects, word = implied(self.found, values_of(path, self.sheet), one.answers[0])
            self.lesson.used |= dict.fromkeys((one.answers[0].action, "answer", at) for at in objects)
            if len(objects) == 1:
                entry["implied"] = {"/".join(objects[0][len(bases.answers[True]) :]): word}
        bucket = storage_of(path)
        if bucket is not None:
            twin = self.fields[path.replace(f"/{bucket}/", "/s3/" if bucket == "cos" else "/cos/")]
            here = [spot.at for spot in (one.answers or one.requests)]
            elsewhere = [spot.at for spot in (twin.answers or twin.requests)]
            if len(elsewhere) != 1 or here == elsewhere:  # without a word on the other one they are taken to share it
                entry["vendor"] = bucket

    def _missing(self, path: str, one: FieldSpots) -> None:
        rounds = [r.number for r in self.sheet if path in r.values]
        seen = [number for number in rounds if number in self.found.rounds]
        unseen = [str(number) for number in rounds if number not in self.found.rounds]
        next_ = f"Type round {', '.join(unseen)} of the sheet." if unseen else "Check what was typed: nothing fits it."
        if path == ENABLED and not one.answers:
            next_ = "Begin with an application whose recording is still off."
        if self._complete(one):
            why = "what else the same page saves was not told apart, and with it which action writes this"
        elif len(one.answers) > 1 or len(one.requests) > 1:
            places = {(spot.action, "/".join(spot.at)) for spot in (*one.answers, *one.requests)}
            several = len({spot.action for spot in one.requests}) > 1
            where = sorted({f"{at} of {action}" if several else at for action, at in places})[:4]
            if several:
                next_ = "Where one of these actions only checks or reports what another saves: --without ACTION."
            why = f"several places fit it: {', '.join(where)}"
        elif one.answers or one.requests:
            why = "seen in answers, in no request" if one.answers else "sent, and its answer was not seen"
        elif seen:
            why = "its values were found nowhere"
        else:
            why = "not seen"
        self.lesson.open.append(Open(f"field:{path}", why, next_))

    # Words

    def _evidence(self, entry: str, samples: Iterable[Any], where: Iterable[Spot]) -> None:
        samples = list(samples)
        shown = tuple(
            f"{spot.samples[0].exchange.file}#{spot.samples[0].exchange.number} {'/'.join(spot.at)}" for spot in where
        ) or tuple(f"{sample.exchange.file}#{sample.exchange.number}" for sample in samples[:1])
        calls = {(sample.exchange.file, sample.exchange.number) for sample in samples}
        rounds = tuple(sorted({sample.round for sample in samples} - {BEFORE}))
        self.lesson.evidence.append(EntryEvidence(entry, shown, rounds, len(calls)))

    def _contradict(self, entry: str, why: str) -> None:
        next_ = "Nothing was changed. Delete the entry from the binding to learn it anew."
        self.lesson.contradictions.append(Open(entry, why, next_))


def _stands(path: str, answer: Spot | None, sent: Spot, bases: actions.Bases) -> Document:
    """A field's places, from the bases on."""
    request = sent.at[len(bases.requests.get(sent.action, ())) :]
    if answer is None:
        return {"at": "/".join(request)}
    at = answer.at[len(bases.answers[path.startswith(SETTINGS)]) :]
    return {"at": "/".join(at)} if at == request else {"at": "/".join(at), "sent": "/".join(request)}


def _word_of(one: Round, path: str) -> str:
    value = one.values.get(path)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(entry: Document, key: str, at: Pointer) -> None:
    """Write a place; the outermost object needs none."""
    if at:
        entry[key] = "/".join(at)
    else:
        entry.pop(key, None)
