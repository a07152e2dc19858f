"""A case's story for the screens: every entry of its ledger as codes in words, for officers or for its reporter.

The reporter reads who did what and why by codes and units, and the officers' texts that are written to them; other
officers' words stay inside.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from linli.cases import words
from linli.cases.replay import event_of
from linli.core import asked
from linli.core.case.events import (
    ActionTaken,
    DeadlinesRecalculated,
    Event,
    FieldValue,
    LeadSet,
    Opened,
    PlaceMoved,
    Vaulted,
)
from linli.core.case.placing import UNSURE
from linli.core.case.state import CaseState
from linli.core.policy import Policy
from linli.core.procedure import Action, FieldType, FormField, Procedure, Role
from linli.ledger import queries as ledger
from linli.ledger.queries import EntryRow
from linli.site.asked import answered, said
from linli.site.naming import Names
from linli.site.ordering import fields_in_order
from linli.vault import queries as vault

Record = tuple[EntryRow, Event]
"""One entry of the ledger and the event it holds."""

WRITTEN_TO_REPORTER = frozenset({("reply", "reason"), ("decline", "words"), ("uphold", "words")})
"""Officers' texts that are written to the reporter: (action, field)."""

NOTE = "note"
"""The act by which officers write to one another."""

NOT_FOR_REPORTER = frozenset({"remind", "part_handled", "evaluate", "follow_lead", NOTE})
"""Entries that concern only how the units organise themselves."""

UNSHOWN = frozenset({"handler", "part", "from_case", "into"})
"""Fields that hold opaque ids."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something in the vault that an entry refers to; ``text`` is its masked working text, empty where it has none."""

    item: str
    field: str
    kind: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the story. ``moved`` is the step reached, ``handed`` the new owner; both empty when unchanged."""

    seq: int
    at: datetime
    title: str
    who: str
    moved: str = ""
    handed: str = ""
    due: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    trace: tuple[str, ...] = ()
    minor: bool = False
    answer: bool = False
    action: str = ""
    actor: str = ""

    @property
    def texts(self) -> tuple[Attachment, ...]:
        """Attachments with a working text."""
        return tuple(a for a in self.attachments if a.text)

    @property
    def sealed(self) -> tuple[Attachment, ...]:
        """Attachments that only a reveal opens."""
        return tuple(a for a in self.attachments if a.kind != FieldType.TEXT.value)


@dataclass(frozen=True, slots=True)
class Teller:
    """What is needed to tell a story: the rules, names, the working texts by vault id, and for whom it is told."""

    policy: Policy
    names: Names
    texts: Mapping[str, str]
    for_reporter: bool = False

    def story(self, records: Iterable[Record]) -> list[Told]:
        """The entries in words, oldest first; entries that are not for the reader are left out."""
        return list(self._told(records))

    def _told(self, records: Iterable[Record]) -> Iterator[Told]:
        procedure: Procedure | None = None
        owner: str | None = None
        for entry, event in records:
            if isinstance(event, Opened):
                procedure, owner = self._procedure(event.state), event.state.owner
                yield self._opening(entry, event)
            elif isinstance(event, DeadlinesRecalculated):
                yield self._recalculation(entry, event)
            elif isinstance(event, PlaceMoved):
                if not (self.for_reporter and event.by == UNSURE):
                    yield self._placing(entry, event)
            elif procedure is not None:
                if not (self.for_reporter and event.action in NOT_FOR_REPORTER):
                    yield self._act(entry, event, procedure, owner)
                owner = event.owner

    def _procedure(self, state: CaseState) -> Procedure:
        return self.policy.procedures[state.procedure, state.procedure_version]

    def _opening(self, entry: EntryRow, event: Opened) -> Told:
        state = event.state
        matter = self.policy.matters.get(state.answers_for or "")
        questions = {asked.PREFIX + question.key: question for question in matter.questions} if matter else {}

        def titled(found: Attachment) -> Attachment:
            question = questions.get(found.field)
            return replace(found, label=said(question.title, self.names.lang)) if question else found

        kind = "part_opened" if state.parent else "opened"
        return Told(
            seq=entry.seq,
            at=entry.at,
            title=words.label("entry", kind, self.names.lang),
            who=words.label("channel", state.channel, self.names.lang),
            moved=words.title(self._procedure(state).steps[state.step].title, self.names.lang),
            handed=self.names.unit(state.owner),
            due=state.clock.due if state.clock else None,
            facts=self._answers(event),
            attachments=tuple(sorted(map(titled, self._attachments(None, event.form)), key=_place_in_report)),
        )

    def _answers(self, event: Opened) -> tuple[tuple[str, str], ...]:
        """Answers in words to the questions that the report was asked; those in its own words are attachments."""
        plain = {name: value for name, value in event.form.items() if not isinstance(value, Vaulted)}
        given = {n.removeprefix(asked.PREFIX): v for n, v in plain.items() if n.startswith(asked.PREFIX)}
        return tuple(answered(given, event.state.answers_for, self.policy, self.names.lang))

    def _recalculation(self, entry: EntryRow, event: DeadlinesRecalculated) -> Told:
        return Told(
            seq=entry.seq,
            at=entry.at,
            title=words.label("entry", "deadlines_recalculated", self.names.lang),
            who=words.label("role", "clock", self.names.lang),
            due=event.tick.clock.due if event.tick.clock else None,
            minor=True,
        )

    def _placing(self, entry: EntryRow, event: PlaceMoved) -> Told:
        """Where the case stands since areas were re-cut: nothing else about it changed."""
        facts = [(_("Place"), self.names.path(event.place.area)), (_("Known"), self._known_by(event.by))]
        if event.candidates:
            comma = "、" if self.names.lang == "zh-hans" else ", "
            facts.append((_("To choose from"), comma.join(self.names.area(code) for code in event.candidates)))
        by_clock = not entry.post
        return Told(
            seq=entry.seq,
            at=entry.at,
            title=words.label("entry", "place_moved", self.names.lang),
            who=words.label("role", "clock", self.names.lang) if by_clock else self._poster(entry),
            facts=tuple(facts),
            minor=True,
        )

    def _known_by(self, by: str) -> str:
        return words.label("placed_by", by, self.names.lang)

    def _act(self, entry: EntryRow, event: ActionTaken, procedure: Procedure, owner: str | None) -> Told:
        action = procedure.actions[event.action]
        lang = self.names.lang
        told = Told(
            seq=entry.seq,
            at=entry.at,
            title=words.title(action.title, lang),
            who=self._who(entry, event),
            facts=self._facts(action, event),
            attachments=self._attachments(action, event.form, event.role),
            trace=tuple(words.trace(line, lang, self.names) for line in event.trace),
            minor=event.source == event.target,
            answer=any(answered == action.name for answered, _field in WRITTEN_TO_REPORTER),
            action=action.name,
            actor=entry.actor,
        )
        if event.source != event.target:
            told = replace(
                told,
                moved=words.title(procedure.steps[event.target].title, lang),
                due=event.tick.clock.due if event.tick.clock else None,
            )
        return replace(told, handed=self.names.unit(event.owner)) if event.owner and event.owner != owner else told

    def _who(self, entry: EntryRow, event: ActionTaken) -> str:
        if event.role == Role.CLOCK.value:
            return words.label("role", "clock", self.names.lang)
        if event.role == Role.REPORTER.value:
            return _("You") if self.for_reporter else words.label("role", "reporter", self.names.lang)
        return self._poster(entry)

    def _poster(self, entry: EntryRow) -> str:
        """In whose name a person acted: for the reporter the unit, for officers the post."""
        return self.names.unit(entry.post.rpartition(".")[0]) if self.for_reporter else self.names.post(entry.post)

    def _facts(self, action: Action, event: ActionTaken) -> tuple[tuple[str, str], ...]:
        found = []
        for field in fields_in_order(action):
            value = event.form.get(field.name)
            if value is None or isinstance(value, Vaulted) or field.name in UNSHOWN:
                continue
            found.append((words.field_label(action, field, self.names.lang), self.value(field, value)))
        found += [
            (_("Co-handlers"), self._joined(change.co_handlers))
            for change in event.changes
            if isinstance(change, LeadSet) and change.co_handlers and not action.field("co_handlers")
        ]
        return tuple(found)

    def value(self, field: FormField, value: FieldValue) -> str:
        """What a field of a form holds, in words."""
        lang = self.names.lang
        if isinstance(value, tuple):
            return self._joined(value)
        if field.type in (FieldType.UNIT, FieldType.AREA) or field.name == "matter":
            return self.names.path(str(value)) if field.type is FieldType.AREA else self.names[str(value)]
        if field.type is FieldType.DATE:
            on = date.fromisoformat(str(value))
            return f"{on.year}年{on.month}月{on.day}日" if lang == "zh-hans" else f"{on:%d %B %Y}"
        kind = f"choice.{field.name}"
        return words.label(kind, str(value), lang) if words.has_label(kind, str(value)) else str(value)

    def _joined(self, units: Sequence[str]) -> str:
        return ("、" if self.names.lang == "zh-hans" else ", ").join(self.names.unit(unit) for unit in units)

    def _attachments(
        self, action: Action | None, form: Mapping[str, FieldValue], role: str = Role.REPORTER.value
    ) -> tuple[Attachment, ...]:
        found = []
        for name, value in form.items():
            mine = role == Role.REPORTER.value or (action is not None and (action.name, name) in WRITTEN_TO_REPORTER)
            if not isinstance(value, Vaulted) or (self.for_reporter and not mine):
                continue
            field = action.field(name) if action else None
            kind = field.type.value if field else kind_of(name)
            found.append(Attachment(value.id, name, kind, self._label(action, name), self.texts.get(value.id, "")))
        return tuple(found)

    def _label(self, action: Action | None, name: str) -> str:
        field = action.field(name) if action else None
        if action is not None and field is not None:
            return words.field_label(action, field, self.names.lang)
        if name.startswith(asked.PREFIX):
            return name.removeprefix(asked.PREFIX)
        _photo, is_photo, number = name.partition("photo_")
        label = words.label("field", "photos" if is_photo else name, self.names.lang)
        return f"{label} {number}" if is_photo else label


def _place_in_report(attachment: Attachment) -> tuple[int, str]:
    order = ("title", "detail", "place", "task")
    return (order.index(attachment.field) if attachment.field in order else len(order), attachment.field)


def own_words(attachments: Sequence[Attachment]) -> list[Attachment]:
    """What the reporter wrote; a title that was only taken from the first words is left out."""
    texts = [attachment for attachment in attachments if attachment.kind == FieldType.TEXT.value]
    detail = next((text.text for text in texts if text.field == "detail"), "")
    return [t for t in texts if not (t.field == "title" and detail.startswith(t.text.removesuffix("…")))]


def photos_in(attachments: Iterable[Attachment]) -> int:
    """How many photos there are."""
    return sum(1 for attachment in attachments if attachment.kind == FieldType.PHOTO.value)


def is_unlocated(state: CaseState) -> bool:
    """Whether nobody knows yet in which town a report lies: no name was recognised, no pin set, no desk has decided."""
    return state.is_open and state.matter is None and state.place.town is None


def reported_words(district: str, case: str, names: Names) -> list[Attachment]:
    """What the reporter of a case wrote, masked, without the rest of its story: for the page of one of its parts."""
    found = {field: item for item, _kind, field in vault.kinds(district, case) if field in ("title", "detail", "place")}
    texts = vault.masked(district, found.values())
    kind, lang = FieldType.TEXT.value, names.lang
    said = [Attachment(i, f, kind, words.label("field", f, lang), texts.get(i, "")) for f, i in found.items()]
    return sorted(said, key=_place_in_report)


def kind_of(field: str) -> str:
    """The vault type of a field of a report."""
    if field in (FieldType.CONTACT.value, FieldType.POINT.value):
        return field
    return FieldType.PHOTO.value if field.startswith("photo_") else FieldType.TEXT.value


def records(district: str, case: str) -> list[Record]:
    """The ledger of a case, oldest entry first."""
    return [(entry, event_of(entry)) for entry in ledger.stream(district, "case", case)]


def vaulted_in(told: Iterable[Record]) -> list[str]:
    """Ids of everything in the vault that the entries refer to."""
    forms = (event.form for _entry, event in told if isinstance(event, Opened | ActionTaken))
    return [value.id for form in forms for value in form.values() if isinstance(value, Vaulted)]


def opening_of(told: Sequence[Record]) -> Opened:
    """How the case began."""
    event = told[0][1]
    assert isinstance(event, Opened)
    return event
