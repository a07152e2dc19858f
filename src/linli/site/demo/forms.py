"""What the demo's staff fill in: chosen by the case, never by chance, so that a second run tells the same story."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from linli.core.case.demands import DONE
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Guard, Matter, Policy, Urgency
from linli.core.procedure import Action, FieldType, FormField
from linli.core.routing import Question, route
from linli.core.territory import Function

SOLVED = {"report_back": "solved", "reply": "supported"}


@cache
def phrases() -> Mapping[str, Any]:
    """The sentences of ``phrases.yaml``."""
    text = resources.files("linli.site.demo").joinpath("phrases.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def pick(options: Sequence[Any], *seed: object) -> Any:
    """One of the options, the same for the same seed."""
    return options[zlib.crc32("|".join(str(part) for part in seed).encode()) % len(options)]


def filled(action: Action, state: CaseState, now: datetime, policy: Policy, hints: Mapping[str, Any]) -> dict[str, Any]:
    """A filled-in form for the action on this case; ``hints`` come first (a chosen matter, a merge target)."""
    form: dict[str, Any] = {}
    for field in action.form:
        value = hints[field.name] if field.name in hints else _value(field, action, state, now, policy, form)
        if value not in (None, "", ()):
            form[field.name] = value
    return form


def _value(
    field: FormField, action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]
) -> Any:
    special = _SPECIAL.get(field.name)
    if special is not None:
        return special(action, state, now, policy, form)
    if field.type is FieldType.CODE and field.choices:
        usual = SOLVED.get(action.name) if field.name in ("result", "decision") else None
        often = zlib.crc32(f"{state.id}{action.name}".encode()) % 4
        return usual if usual and often else pick(field.choices, state.id, action.name, field.name)
    if field.type is FieldType.TEXT:
        said = field.required or _sometimes(state, field)
        return words(action.name, field.name, state, policy, form) if said else None
    if field.type is FieldType.DATE:
        day = now if field.name in DONE else now + timedelta(days=8)
        return day.astimezone(policy.calendar.tz).date().isoformat()
    if field.type is FieldType.NUMBER:
        return 2 if field.name == "amount" else pick((5, 5, 4, 4, 3, 2), state.id, field.name)
    return None


def words(action: str, field: str, state: CaseState, policy: Policy, form: Mapping[str, Any]) -> str:
    """A sentence for a text field: by matter, by domain, by the code chosen beside it, or by the action."""
    book = phrases()
    matter = policy.matters.get(state.matter or "")
    chosen = next((form[name] for name in ("result", "decision", "reason", "ground", "finding") if name in form), None)
    if matter is not None and action in SOLVED and chosen == SOLVED[action]:
        own = book[f"{action}_of_matter"].get(matter.code) or book[action].get(matter.domain)
        if own:
            return str(pick(own, state.id, action, state.version))
    by_choice = book["by_choice"].get(action, {}).get(chosen)
    options = by_choice or book["acts"].get(f"{action}.{field}") or book["acts"].get(action) or book["acts"]["note"]
    return str(pick(options, state.id, action, field, state.version))


def _sometimes(state: CaseState, field: FormField) -> bool:
    return zlib.crc32(f"{state.id}{field.name}".encode()) % 3 == 0


def _matter(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str:
    del action, now, form
    return state.matter or pick(sorted(policy.offered), state.id)


def _urgency(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str:
    del action, now
    usual = policy.matters[form["matter"]].urgency
    return max(usual, Urgency(state.urgency), key=list(Urgency).index)


def _area(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str:
    del action, now, policy, form
    return state.place.area


def _complaint(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str | None:
    del action, now
    return "no_unit_named" if _guarded(policy.matters[form["matter"]]) and not state.complaint_targets else None


def _guarded(matter: Matter) -> bool:
    return Guard.COMPLAINT in matter.guards


def _lead(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str:
    del now, form
    assert state.matter is not None
    found = route(Question(policy.matters[state.matter], state.place.area, frozenset(state.recused)), policy).lead
    if action.name == "dispatch" or found != state.roles.unit:
        return found
    return other_unit(state, policy)


def _co_handlers(
    action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]
) -> tuple[str, ...]:
    del action, now
    assert state.matter is not None
    found = route(Question(policy.matters[state.matter], state.place.area, frozenset(state.recused)), policy)
    return tuple(unit for unit in found.co_handlers if unit != form["lead"])[:2]


def other_unit(state: CaseState, policy: Policy) -> str:
    """A unit of the same town or district that handles and has nothing to do with the case yet."""
    taken = {*state.handled_units, *state.recused, *state.involved}
    near = [
        unit.id
        for unit in policy.territory.units.values()
        if unit.area in (state.place.town, state.place.district)
        and Function.HANDLE in unit.functions
        and unit.id not in taken
        and unit.type not in policy.centre_types
    ]
    if not near:
        raise Refusal("no_unit_for_role", {"role": "unit", "area": state.place.area})
    return str(pick(sorted(near), state.id, state.version))


def _unit(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> str:
    del action, now, form
    return other_unit(state, policy)


def _own_unit(
    action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]
) -> tuple[str, ...]:
    """A case is passed on because it is about whoever has it; elsewhere nobody is named."""
    del now, policy, form
    return (state.owner,) if action.name == "pass_on" and state.owner else ()


def _nothing(action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]) -> None:
    del action, state, now, policy, form


def _mention(
    action: Action, state: CaseState, now: datetime, policy: Policy, form: Mapping[str, Any]
) -> tuple[str, ...]:
    """Every other note calls on whoever has the case."""
    del action, now, policy, form
    said = zlib.crc32(f"{state.id}mention{state.version}".encode()) % 2
    return (state.owner,) if said and state.owner else ()


_SPECIAL: Mapping[str, Any] = {
    "matter": _matter,
    "urgency": _urgency,
    "area": _area,
    "complaint_about": _complaint,
    "complaint_targets": _own_unit,
    "lead": _lead,
    "co_handlers": _co_handlers,
    "proposed_unit": _unit,
    "unit": _unit,
    "evidence": _nothing,
    "mention": _mention,
}
