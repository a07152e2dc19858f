"""The decider: may this actor take this action on this case now, and what follows?

``decide`` alone sees rules and time. It returns events with every instant computed, or raises a
:class:`~linli.core.errors.Refusal` that names the rule and how to satisfy it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from linli.core.actor import Actor, ActorKind
from linli.core.case.commands import Act, Outcome, Sequel
from linli.core.case.demands import DONE
from linli.core.case.draft import Draft, filled
from linli.core.case.effects import EFFECTS
from linli.core.case.events import (
    ActedInHandling,
    ActionTaken,
    DeadlinesRecalculated,
    ExtensionSettled,
    RoleBound,
    Tick,
    Vaulted,
)
from linli.core.case.guards import GUARDS
from linli.core.case.opening import told
from linli.core.case.roles import bound_unit, is_recused, roles_of, unit_for
from linli.core.case.state import CaseState
from linli.core.case.timing import PROMISE, Pause, after_clock_act, due_action, enter, schedule, tick_of, utc
from linli.core.deadlines import recalculate
from linli.core.errors import Fact, Refusal
from linli.core.policy import Policy
from linli.core.procedure import VAULT_TYPES, Action, FieldType, FormField, Procedure, Role

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,99}")
"""What an open code or a case's id looks like: never a sentence, so that no words of a person enter an event."""

YEARS = range(2000, 2200)
LARGEST = 2**53 - 1
"""The largest whole number that every reader of canonical JSON reads alike (RFC 8785)."""


def decide(
    state: CaseState, act: Act, *, now: datetime, policy: Policy, others: Mapping[str, CaseState] | None = None
) -> Outcome:
    """Decides one act on one case.

    Args:
        state: the case as it is.
        act: what is asked, by whom.
        now: the moment of the act (aware).
        policy: the rule set in force.
        others: cases that the act names (``merge.into``), by id.

    Raises:
        Refusal: ``state_changed``, ``unknown_action``, ``not_in_this_step``, ``recused``, ``not_yours``, ``not_due``,
            ``form_invalid``, ``date_lies_ahead``, or the code of the guard that says no.
        ValueError: ``now`` has no time zone.
    """
    now = utc(now)
    if act.expected_version is not None and act.expected_version != state.version:
        raise Refusal("state_changed", {"expected": act.expected_version, "version": state.version})
    action = action_named(act.action, state, policy)
    role = _role(state, act, action, now, policy)
    return _carry_out(Draft(state, act, action, role, now, policy, others or {}))


def decide_sequel(state: CaseState, sequel: Sequel, actor: Actor, *, now: datetime, policy: Policy) -> Outcome:
    """What an act on another case brings about here. The right to it was decided there."""
    now = utc(now)
    action = action_named(sequel.action, state, policy)
    act = Act(sequel.action, actor, sequel.form)
    return _carry_out(Draft(state, act, action, Role.CLOCK, now, policy, {}, is_sequel=True))


def offers(state: CaseState, actor: Actor, *, now: datetime, policy: Policy) -> tuple[Action, ...]:
    """The actions that the procedure allows this actor now: the same rules as ``decide``, before a form is filled."""
    return tuple(action for action, obstacle in _judged(state, actor, now, policy) if obstacle is None)


def withheld(state: CaseState, actor: Actor, *, now: datetime, policy: Policy) -> tuple[tuple[Action, Refusal], ...]:
    """The actions of this step that would be this actor's, and what stands in the way of each."""
    return tuple((action, no) for action, no in _judged(state, actor, now, policy) if no is not None)


def _judged(state: CaseState, actor: Actor, now: datetime, policy: Policy) -> Iterator[tuple[Action, Refusal | None]]:
    roles = roles_of(actor, state, policy)
    due = due_action(state, now, policy)
    for action in procedure_of(state, policy).actions_from(state.step):
        mine = roles & action.by
        if mine and (mine != {Role.CLOCK} or action.name == due):
            yield action, _obstacle(Draft(state, Act(action.name, actor), action, _first(mine), now, policy, {}))


def recalculated(state: CaseState, *, now: datetime, policy: Policy) -> DeadlinesRecalculated:
    """The open limits under a corrected calendar, as an event of their own.

    Raises:
        Refusal: ``case_has_ended``.
    """
    if not state.is_open or state.clock is None:
        raise Refusal("case_has_ended", {"case": state.id})
    now = utc(now)
    procedure = procedure_of(state, policy)
    tick = tick_of(state)
    promise = recalculate(state.promise, policy.calendar) if state.promise else None
    clock = promise if state.clock == state.promise else recalculate(state.clock, policy.calendar)
    moved = Tick(clock, promise, tick.until, None, tick.woken_at, tick.rung, tick.reminded)
    moved = schedule(moved, procedure.steps[state.step], procedure, policy, state.step_since)
    return DeadlinesRecalculated(calendar=policy.calendar.name, at=now, tick=moved)


def procedure_of(state: CaseState, policy: Policy) -> Procedure:
    """The version of the procedure that the case began with.

    Raises:
        Refusal: ``procedure_not_published`` when the policy lacks it.
    """
    found = policy.procedures.get((state.procedure, state.procedure_version))
    if found is None:
        raise Refusal("procedure_not_published", {"procedure": state.procedure, "version": state.procedure_version})
    return found


def action_named(name: str, state: CaseState, policy: Policy) -> Action:
    """The action of that name, if it starts in the case's step.

    Raises:
        Refusal: ``unknown_action`` or ``not_in_this_step``.
    """
    action = procedure_of(state, policy).actions.get(name)
    if action is None:
        raise Refusal("unknown_action", {"action": name})
    if state.step not in action.sources:
        facts: dict[str, Fact] = {"action": name, "step": state.step}
        facts |= {"procedure": state.procedure, "version": state.procedure_version}
        raise Refusal("not_in_this_step", facts)
    return action


def _role(state: CaseState, act: Act, action: Action, now: datetime, policy: Policy) -> Role:
    if act.actor.kind is ActorKind.PERSON and is_recused(act.actor, state):
        raise Refusal("recused", {"case": state.id})
    mine = roles_of(act.actor, state, policy) & action.by
    if not mine:
        raise Refusal("not_yours", {"action": action.name, "by": tuple(sorted(action.by))})
    role = _first(mine)
    if role is Role.CLOCK and due_action(state, now, policy) != action.name:
        raise Refusal("not_due", {"action": action.name})
    return role


def _first(roles: frozenset[Role]) -> Role:
    return min(roles, key=list(Role).index)


def _obstacle(draft: Draft) -> Refusal | None:
    try:
        _demand(draft, standing=True)
    except Refusal as no:
        return no
    return None


def _demand(draft: Draft, *, standing: bool) -> None:
    for name in draft.action.guards:
        if GUARDS[name].standing is standing:
            GUARDS[name].demand(draft)


def _demand_past(draft: Draft) -> None:
    """What is told as done has been done by today, in the place's own time."""
    today = draft.policy.calendar.local(draft.now).date()
    for field in draft.action.form:
        if field.name in DONE and field.name in draft.form:
            told_of = str(draft.form[field.name])
            if date.fromisoformat(told_of) > today:
                raise Refusal("date_lies_ahead", {"field": field.name, "date": told_of})


def _carry_out(draft: Draft) -> Outcome:
    _demand(draft, standing=True)  # first what no form can mend
    check_form(draft.action, draft.act.form, draft.policy)
    _demand_past(draft)
    _demand(draft, standing=False)
    for effect in draft.action.effects:
        EFFECTS[effect](draft)
    _note_handler(draft)
    _drop_stale_request(draft)
    owner = _owner(draft)
    event = ActionTaken(
        action=draft.action.name,
        source=draft.before.step,
        target=draft.target.name,
        role=draft.role.value,
        at=draft.now,
        owner=owner,
        tick=_tick(draft),
        ended=draft.target.end,
        form=draft.form,
        changes=tuple(draft.changes),
        notify=tuple(draft.notify),
        trace=told(draft.trace),
    )
    return Outcome(event, tuple(draft.opens), tuple(draft.sequels))


def _note_handler(draft: Draft) -> None:
    """Who acts for the handling unit, or as the lead of a part, has handled: here and on the whole case.

    The parent hears of each person once, and by one sequel only where the act ends the part as well.
    """
    if draft.only_notes or draft.role not in (Role.UNIT, Role.LEAD) or draft.actor.kind is not ActorKind.PERSON:
        return
    parent, handler = draft.before.parent, {"handler": draft.actor.id}
    if parent is not None and draft.actor.id not in draft.before.handled_by:
        told = next((s for s in draft.sequels if s.case == parent), None)
        if told is None:
            draft.sequels.append(Sequel(parent, "part_handled", handler))
        else:
            draft.sequels[draft.sequels.index(told)] = Sequel(parent, told.action, {**told.form, **handler})
    draft.change(ActedInHandling(draft.actor.id))


def _drop_stale_request(draft: Draft) -> None:
    """A request for more time ends where handling ends, so that it can't be granted on a later promise."""
    if draft.state.extension_asked and draft.target.limit != PROMISE:
        draft.change(ExtensionSettled(granted=False))


def _owner(draft: Draft) -> str | None:
    role = draft.target.owner
    if role is None:
        return None
    if draft.only_notes:
        return draft.before.owner
    if draft.role is Role.CLOCK and draft.action.target is None and draft.state.roles == draft.before.roles:
        return draft.before.owner  # the ladder goes on even where the owner has left the directory
    unit = unit_for(role, draft.state, draft.policy)
    if bound_unit(role, draft.state) != unit:
        draft.change(RoleBound(role.value, unit))
    return unit


def _tick(draft: Draft) -> Tick:
    before, target = draft.before, draft.target
    if draft.only_notes:
        return tick_of(before)
    if target.end:
        return Tick(promise=draft.promise)
    if target.name != before.step or draft.action.clock == "renew":
        state = _with_promise(draft)
        tick = enter(target, state, draft.policy, draft.now, fresh=draft.action.fresh_clock, pause=_pause(draft))
        return schedule(tick, target, draft.procedure, draft.policy, draft.now)
    tick = tick_of(before)
    if draft.promise != before.promise:
        # An extension moves the running limit; the ladder and a reminder still ahead begin anew for the new date.
        clock = draft.promise if target.limit == PROMISE else tick.clock
        rung = clock is None or clock.remind_at is None or clock.remind_at <= draft.now
        tick = Tick(clock=clock, promise=draft.promise, until=tick.until, reminded=rung)
    if not draft.is_sequel and draft.role is Role.CLOCK:
        tick = after_clock_act(tick, draft.action.name, draft.now)
    return schedule(tick, target, draft.procedure, draft.policy, before.step_since)


def _with_promise(draft: Draft) -> CaseState:
    return replace(draft.state, promise=draft.promise)


def _pause(draft: Draft) -> Pause | None:
    field = draft.target.until
    if not draft.target.paused or field is None:
        return None
    return Pause(str(draft.form.get("reason", "")), draft.instant(field))


def check_form(action: Action, form: Mapping[str, Any], policy: Policy) -> None:
    """Checks a filled-in form against the action's fields, all faults at once.

    Raises:
        Refusal: ``form_invalid`` with ``missing``, ``unknown`` and ``invalid`` field names.
    """
    given = filled(form)
    missing = tuple(f.name for f in action.form if f.required and f.name not in given)
    unknown = tuple(sorted(set(form) - {f.name for f in action.form}))
    invalid = tuple(f.name for f in action.form if f.name in given and not _fits(f, given[f.name], policy))
    if missing or unknown or invalid:
        raise Refusal("form_invalid", {"missing": missing, "unknown": unknown, "invalid": invalid})


def _fits(field: FormField, value: Any, policy: Policy) -> bool:
    if field.type in VAULT_TYPES:
        return isinstance(value, Vaulted)
    if field.type is FieldType.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    if field.type is FieldType.UNITS:
        return isinstance(value, tuple) and all(unit in policy.territory.units for unit in value)
    return isinstance(value, str) and _names_something(field, value, policy)


def _names_something(field: FormField, value: str, policy: Policy) -> bool:
    if field.type is FieldType.UNIT:
        return value in policy.territory.units
    if field.type is FieldType.AREA:
        return value in policy.territory.areas
    if field.type is FieldType.DATE:
        return _is_date(value)
    return value in field.choices if field.choices else SLUG.fullmatch(value) is not None


def _is_date(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return text == day.isoformat() and day.year in YEARS
