"""How a case begins: from a report, or as a part of another case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from linli.core import asked, deadlines
from linli.core.case.commands import Open
from linli.core.case.draft import Draft, matter_named
from linli.core.case.events import FieldValue, Opened, PartOpened
from linli.core.case.roles import unit_for
from linli.core.case.state import CaseState, Place, Roles
from linli.core.case.timing import PROMISE, enter, promised_step, reminder_share, schedule, utc
from linli.core.errors import Refusal
from linli.core.policy import Policy, Urgency
from linli.core.procedure import Procedure, Role
from linli.core.routing import Question, TraceLine, recused_units, route
from linli.core.territory import AreaKind

_LEVELS = (AreaKind.TOWN, AreaKind.COMMUNITY, AreaKind.GRID)


def decide_open(command: Open, *, now: datetime, policy: Policy, district: str) -> Opened:
    """Begins a case: the desk that takes it in, its intake limit, and the route that the suggestion would take.

    Raises:
        Refusal: ``area_unknown``, ``area_outside_district``, ``unit_unknown`` (a complaint target),
            ``procedure_not_published``, ``urgency_unknown``, ``no_unit_for_role`` (no desk is left to take it in).
        ValueError: ``now`` has no time zone.
    """
    now = utc(now)
    try:
        procedure = policy.current_procedure(command.procedure)
    except KeyError:
        raise Refusal("procedure_not_published", {"procedure": command.procedure}) from None
    if command.urgency not in list(Urgency):
        raise Refusal("urgency_unknown", {"urgency": command.urgency, "known": tuple(Urgency)})
    for target in command.complaint_targets:
        if target not in policy.territory.units:
            raise Refusal("unit_unknown", {"unit": target})
    state = CaseState(
        id=command.id,
        number=command.number,
        district=district,
        kind=command.kind,
        procedure=procedure.name,
        procedure_version=procedure.version,
        place=place_of(command.area, district, policy),
        channel=command.channel,
        step=procedure.start,
        opened_at=now,
        step_since=now,
        source=command.source,
        source_number=command.source_number,
        urgency=command.urgency,
        sensitive=_looks_sensitive(command.suggested_matter, policy),
        answers=command.answers,
        answers_for=command.answers_for if command.answers else None,
        complaint_targets=tuple(sorted(set(command.complaint_targets))),
        recused=tuple(sorted(recused_units(frozenset(command.complaint_targets), policy))),
    )
    state = _begun(state, procedure, policy, now)
    trace = _suggested_route(command.suggested_matter, state, policy, now)
    return Opened(state, form=command.form, suggestion=command.suggestion, trace=told(trace))


def open_part_for(draft: Draft, unit: str, form: Mapping[str, FieldValue] | None = None) -> None:
    """Opens a part for a unit: a case of its own, with half of the lead's limit (domain facts 2.11)."""
    parent = draft.state
    assert parent.promise is not None
    procedure = draft.policy.current_procedure("part")
    now, calendar = draft.now, draft.policy.calendar
    promise = deadlines.start(
        PROMISE,
        parent.promise.limit.half(),
        at=now,
        calendar=calendar,
        source="part_of_lead",
        remind_share=reminder_share(promised_step(procedure)),
    )
    state = CaseState(
        id=draft.new_id(),
        number=f"{parent.number}/{len(parent.parts) + 1}",
        district=parent.district,
        kind="part",
        procedure=procedure.name,
        procedure_version=procedure.version,
        place=parent.place,
        channel=parent.channel,
        step=procedure.start,
        opened_at=now,
        step_since=now,
        parent=parent.id,
        matter=parent.matter,
        matter_version=parent.matter_version,
        urgency=parent.urgency,
        sensitive=parent.sensitive,
        roles=Roles(unit=unit, lead=parent.roles.unit),
        promise=promise,
        complaint_targets=parent.complaint_targets,
        recused=parent.recused,
        handled_units=(unit,),
    )
    draft.opens.append(Opened(_begun(state, procedure, draft.policy, now), form=form or {}))
    draft.change(PartOpened(state.id, unit))


def place_of(area: str, district: str, policy: Policy) -> Place:
    """The place with its levels, as codes.

    Raises:
        Refusal: ``area_unknown`` or ``area_outside_district``.
    """
    if area not in policy.territory.areas:
        raise Refusal("area_unknown", {"area": area})
    if not policy.territory.is_under(area, district):
        raise Refusal("area_outside_district", {"area": area, "district": district})
    town, community, grid = (policy.territory.ancestor(area, kind) for kind in _LEVELS)
    return Place(
        area=area,
        district=district,
        town=town.code if town else None,
        community=community.code if community else None,
        grid=grid.code if grid else None,
    )


def told(trace: tuple[TraceLine, ...] | list[TraceLine]) -> tuple[dict[str, str], ...]:
    """Trace lines as an event keeps them: texts only."""
    return tuple({"code": line.code, **{key: _text(value) for key, value in line.facts.items()}} for line in trace)


def _begun(state: CaseState, procedure: Procedure, policy: Policy, now: datetime) -> CaseState:
    step = procedure.steps[state.step]
    role = step.owner or Role.DESK
    owner = unit_for(role, state, policy)
    tick = enter(step, state, policy, now, fresh=False, pause=None)
    tick = schedule(tick, step, procedure, policy, now)
    return replace(
        state,
        owner=owner,
        roles=replace(state.roles, **{role.value: owner}),
        clock=tick.clock,
        promise=tick.promise,
        next_wake=tick.next_wake,
    )


def _looks_sensitive(code: str | None, policy: Policy) -> bool:
    """What its reporter or the text says to be a sensitive matter is kept close until an officer has settled it."""
    matter = policy.matters.get(code or "")
    return matter is not None and matter.is_sensitive


def _suggested_route(code: str | None, state: CaseState, policy: Policy, now: datetime) -> tuple[TraceLine, ...]:
    if code is None or code not in policy.matters:
        return ()
    local = now.astimezone(policy.calendar.tz)
    facts = {"urgency": state.urgency, "channel": state.channel, "kind": state.kind}
    facts |= {"hour": str(local.hour), "month": str(local.month)}
    facts |= asked.rule_facts(state.answers) if code == state.answers_for else {}
    question = Question(matter_named(code, policy), state.place.area, frozenset(state.recused), facts)
    try:
        return route(question, policy).trace
    except Refusal as hole:
        return (TraceLine(hole.code, hole.facts),)


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
