"""One case as the desk shows it: everything on the page, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.cases import queries as cases
from linli.cases import words
from linli.core.access import may_read
from linli.core.case.decide import offers, withheld
from linli.core.case.state import CaseState
from linli.core.procedure import Action, FieldType, Procedure
from linli.intake import queries as intake
from linli.site.acting import Setting
from linli.site.asked import answers_of
from linli.site.desk.asking import Asking
from linli.site.due import Deadline, deadlines
from linli.site.ordering import KEYS, MAIN_ACTIONS, in_order
from linli.site.telling import (
    NOTE,
    Attachment,
    Record,
    Teller,
    Told,
    opening_of,
    own_words,
    photos_in,
    records,
    reported_words,
    vaulted_in,
)
from linli.vault import queries as vault

RESULT = "report_back"
AFTER_A_RESULT = frozenset({"done", "verified"})
"""Steps in which somebody judges what a unit reported back: they read it first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that the procedure allows this person now; without a form it is one button. ``main``: it carries on.

    ``key`` is the letter that takes it, empty where it has none.
    """

    name: str
    title: str
    has_form: bool
    main: bool
    key: str


@dataclass(frozen=True)
class File:
    """Everything on the page of a case, newest entry first; ``notes`` are told apart from the ``story``.

    ``whole`` is what its parent's reporter wrote, where it is a part; ``same`` the case that the reporter takes for the
    same trouble, where this person may read it. ``obstacles`` say what must happen first before this person can report
    back.
    """

    state: CaseState
    story: Sequence[Told]
    notes: Sequence[Told]
    opening: Sequence[Attachment]
    whole: Sequence[Attachment]
    deadlines: Sequence[Deadline]
    trace: Sequence[str]
    suggestion: Mapping[str, str]
    same: CaseState | None
    parts: Sequence[CaseState]
    parent: CaseState | None
    reports: Sequence[Any]
    offers: Sequence[Offer]
    obstacles: Sequence[str]
    may_note: bool
    answered: Sequence[tuple[str, str]]
    setting: Setting

    @property
    def title(self) -> str:
        """The reporter's title, masked; where it was erased the case goes by its matter."""
        titles = (a.text for a in (*self.whole, *self.opening) if a.field == "title")
        return next(titles, "") or self.setting.names.matter(self.state.matter)

    @property
    def sealed(self) -> list[Attachment]:
        """What came with the report and only a reveal opens: contact, point, photos."""
        return [attachment for attachment in self.opening if attachment.kind != FieldType.TEXT.value]

    @property
    def photos(self) -> int:
        """How many photos came with the report."""
        return photos_in(self.opening)

    @property
    def said(self) -> list[Attachment]:
        """What the reporter wrote, masked."""
        return own_words(self.opening)

    @property
    def results(self) -> list[Told]:
        """What the unit reported back last, while others check or answer it."""
        told = [entry for entry in self.story if entry.action == RESULT]
        return told[:1] if self.state.step in AFTER_A_RESULT else []

    @property
    def invented(self) -> bool:
        """Whether the case was made for the demo."""
        return any(report.origin.startswith("demo") for report in self.reports)


def open_file(asking: Asking, state: CaseState) -> File:
    """Reads everything about a case that its page shows; the caller has checked that the person may see it."""
    told = records(asking.district, state.id)
    suggestion = opening_of(told).suggestion
    named = suggestion.get("same_as")
    same = cases.case_for(asking.actor, asking.district, named) if named else None
    texts = vault.masked(asking.district, vaulted_in(told))
    story = Teller(asking.policy, asking.names, texts).story(told)
    setting = setting_for(asking, state, told)
    parent = cases.case_for(asking.actor, asking.district, state.parent) if state.parent else None
    parts = cases.parts_of(asking.district, state.id) if state.parts else []
    allowed = in_order(offers(state, asking.actor, now=asking.now, policy=asking.policy))
    traces = [entry.trace for entry in story if entry.trace]
    return File(
        state=state,
        story=[entry for entry in reversed(story) if entry.action != NOTE],
        notes=[entry for entry in reversed(story) if entry.action == NOTE],
        opening=story[0].attachments,
        whole=reported_words(asking.district, parent.state.id, asking.names) if parent else (),
        deadlines=deadlines(state, asking.policy, asking.names.lang, asking.now),
        trace=traces[-1] if traces else (),
        suggestion=suggestion,
        same=same.state if same else None,
        parts=[part for part in parts if may_read(asking.actor, part)],
        parent=parent.state if parent else None,
        reports=intake.reports_of(asking.district, state.parent or state.id),
        offers=_offers(asking, [action for action in allowed if action.name != NOTE]),
        obstacles=_obstacles(asking, state),
        may_note=any(action.name == NOTE for action in allowed),
        setting=setting,
        answered=answers_of(state, texts, asking.policy, asking.names.lang),
    )


def setting_for(asking: Asking, state: CaseState, told: Sequence[Record]) -> Setting:
    """Where a form on this case is filled in."""
    suggested = opening_of(told).suggestion.get("matter", "")
    return Setting(state, asking.policy, asking.names, asking.now, suggested_matter=suggested)


def action_of(asking: Asking, state: CaseState, name: str) -> Action | None:
    """An action of the case's own procedure, whether it is open now or not."""
    return procedure_of(asking, state).actions.get(name)


def procedure_of(asking: Asking, state: CaseState) -> Procedure:
    """The version of the procedure that the case began with."""
    return asking.policy.procedures[state.procedure, state.procedure_version]


def changed_since(file: File, version: int) -> list[Told]:
    """Entries newer than the version that somebody saw, oldest first."""
    newer = [entry for entry in (*file.story, *file.notes) if entry.seq > version]
    return sorted(newer, key=lambda entry: entry.seq)


def _obstacles(asking: Asking, state: CaseState) -> list[str]:
    """Others' work that this person waits for. Other guards say only that an action makes no sense now."""
    found = withheld(state, asking.actor, now=asking.now, policy=asking.policy)
    waiting = [no for _action, no in found if no.code == "parts_open"]
    return [words.refusal(no, asking.names.lang, asking.names, asking.policy) for no in waiting]


def _offers(asking: Asking, allowed: Sequence[Action]) -> list[Offer]:
    return [
        Offer(
            name=action.name,
            title=words.title(action.title, asking.names.lang),
            has_form=bool(action.form),
            main=action.name in MAIN_ACTIONS,
            key=KEYS.get(action.name, ""),
        )
        for action in allowed
    ]
