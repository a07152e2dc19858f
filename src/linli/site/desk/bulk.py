"""One act on many cases: what is open on which, one form for all with proposals for each, and how each one went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.cases import actions, words
from linli.cases import queries as cases
from linli.cases.actions import CaseMoved
from linli.cases.replay import event_of
from linli.core.access import may_read
from linli.core.case.decide import offers
from linli.core.case.events import Opened
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.procedure import Action, FieldType
from linli.core.territory import Unit
from linli.ledger import queries as ledger
from linli.site.acting import Setting, made_field, nearby_units, prefilled, unit_groups
from linli.site.desk.asking import Asking
from linli.site.ordering import fields_in_order, in_order
from linli.vault import queries as vault

MOST = 200
"""So many cases at most in one act: each is a transaction of its own while the person waits."""

ONE_BY_ONE = frozenset({"open_part", "pass_on", "evidence"})
"""Acts that make sense on one case only."""

PROPOSED = frozenset({"matter", "urgency", "area", "complaint_about", "complaint_targets", "lead", "co_handlers"})
"""Fields that each case has a proposal of its own for; left empty, that proposal is taken."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the cases: its state, masked title, where a form on it is filled in, and the acts open to the person."""

    state: CaseState
    title: str
    setting: Setting
    open: tuple[Action, ...]

    def allows(self, name: str) -> bool:
        """Whether the act is open."""
        return any(action.name == name for action in self.open)

    def proposal(self, action: Action) -> Mapping[str, Any]:
        """What the form would start with on this case alone."""
        return prefilled(action, self.setting)


@dataclass(frozen=True, slots=True)
class Went:
    """How one case went: its new step, or the words of the refusal."""

    state: CaseState
    title: str
    step: str = ""
    refused: str = ""


def chosen(asking: Asking, ids: Iterable[str]) -> list[Chosen]:
    """The cases that the person may see, in the order asked; a few reads however many there are."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    loaded = cases.load(asking.district, wanted)
    found = [loaded[id_] for id_ in wanted if id_ in loaded and may_read(asking.actor, loaded[id_].state)]
    titles = vault.masked(asking.district, [item.title_item for item in found if item.title_item])
    began = ledger.first_entries(asking.district, "case", [item.state.id for item in found])
    return [_chosen(asking, item.state, titles.get(item.title_item or "", ""), began) for item in found]


def common_actions(selected: Sequence[Chosen]) -> list[tuple[Action, int]]:
    """Acts that are open on at least one of the cases, and on how many."""
    known: dict[str, Action] = {}
    counts: dict[str, int] = {}
    for case in selected:
        for action in case.open:
            known.setdefault(action.name, action)
            counts[action.name] = counts.get(action.name, 0) + 1
    return [(action, counts[action.name]) for action in in_order(known.values()) if action.name not in ONE_BY_ONE]


class BulkForm(forms.Form):
    """One form for all: a field with a proposal for each case may stay empty, every other is filled in once."""

    def __init__(self, action: Action, selected: Sequence[Chosen], data: Any = None) -> None:
        super().__init__(data, auto_id=f"bulk-{action.name}-%s")
        self.action = action
        setting = selected[0].setting
        for asked in fields_in_order(action):
            if asked.type is FieldType.PHOTO:
                continue
            field = made_field(action, asked, setting, None)
            if asked.name == "into":
                field = _target(selected, str(field.label))
            elif asked.type in (FieldType.UNIT, FieldType.UNITS):
                field.choices = _shared_units(selected, many=asked.type is FieldType.UNITS)  # type: ignore[attr-defined]
            if asked.name in PROPOSED:
                field.required = False
                field.help_text = _("Left as it is, each case gets what is proposed for it.")
                _say_as_proposed(field)
            self.fields[asked.name] = field

    def values_for(self, case: Chosen) -> dict[str, Any]:
        """The filled-in form for one case: what was typed, and its own proposals for what was left empty."""
        proposal = case.proposal(self.action)
        found: dict[str, Any] = {}
        for asked in self.action.form:
            typed = self.cleaned_data.get(asked.name)
            value = proposal.get(asked.name) if typed in (None, "", [], ()) and asked.name in PROPOSED else typed
            if value in (None, "", [], ()):
                continue
            if asked.type is FieldType.DATE and hasattr(value, "isoformat"):
                value = value.isoformat()
            found[asked.name] = tuple(value) if isinstance(value, list) else value
        return found


def take(asking: Asking, form: BulkForm, selected: Sequence[Chosen], seen: Mapping[str, int]) -> list[Went]:
    """Takes the act on each case, one transaction a case. A case that moved since it was seen is left alone."""
    return [_taken(asking, form, case, seen.get(case.state.id)) for case in selected]


def _taken(asking: Asking, form: BulkForm, case: Chosen, version: int | None) -> Went:
    state = case.state
    if form.action.name == "merge" and form.cleaned_data.get("into") == state.id:
        return Went(state, case.title, step=words.step_title(state, asking.policy, asking.names.lang))
    try:
        after = actions.act(
            asking.actor,
            asking.district,
            state.id,
            form.action.name,
            form.values_for(case),
            now=asking.now,
            expected_version=version,
        )
    except (CaseMoved, Refusal) as no:
        refusal = no if isinstance(no, Refusal) else Refusal("state_changed", {"case": state.id})
        return Went(state, case.title, refused=_why(asking, form, refusal))
    return Went(after, case.title, step=words.step_title(after, asking.policy, asking.names.lang))


def _why(asking: Asking, form: BulkForm, refusal: Refusal) -> str:
    said = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
    missing = refusal.facts.get("missing") or ()
    names = (
        [str(form.fields[name].label) for name in missing if name in form.fields] if isinstance(missing, tuple) else []
    )
    return f"{said} {_('Missing:')} {', '.join(names)}" if names else said


def _chosen(asking: Asking, state: CaseState, title: str, began: Mapping[str, Any]) -> Chosen:
    entry = began.get(state.id)
    event = event_of(entry) if entry else None
    suggestion = event.suggestion if isinstance(event, Opened) else {}
    setting = Setting(state, asking.policy, asking.names, asking.now, suggested_matter=suggestion.get("matter", ""))
    return Chosen(state, title, setting, offers(state, asking.actor, now=asking.now, policy=asking.policy))


def _target(selected: Sequence[Chosen], label: str) -> forms.Field:
    """Into which of the chosen cases the others are merged."""
    options = [(case.state.id, f"{case.state.number} {case.title}") for case in selected if case.state.parent is None]
    return forms.ChoiceField(choices=options, label=label)


def _shared_units(selected: Sequence[Chosen], *, many: bool) -> list[Any]:
    """Units that serve the place of every chosen case."""
    by_case = [nearby_units(case.setting) for case in selected]
    ids = set.intersection(*({unit.id for units in found.values() for unit in units} for found in by_case))
    shared: dict[Any, list[Unit]] = {
        kind: [unit for unit in units if unit.id in ids] for kind, units in by_case[0].items()
    }
    groups: list[Any] = list(unit_groups(selected[0].setting, {k: v for k, v in shared.items() if v}, ()))
    return groups if many else [("", _("As proposed for each case")), *groups]


def _say_as_proposed(field: forms.Field) -> None:
    choices = getattr(field, "choices", None)
    if choices is None or isinstance(field, forms.MultipleChoiceField):
        return
    kept = [choice for choice in choices if choice[0] != ""]
    field.choices = [("", _("As proposed for each case")), *kept]  # type: ignore[attr-defined]
