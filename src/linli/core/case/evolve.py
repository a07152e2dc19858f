"""Folding: a case is its events. One small function per kind of event and change; no rules, no clock."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from linli.core.case.events import (
    ActedInHandling,
    ActionTaken,
    AnyChange,
    Classified,
    DeadlinesRecalculated,
    Event,
    ExtensionAsked,
    ExtensionSettled,
    Joined,
    LeadFollowed,
    LeadSet,
    Merged,
    NotSolved,
    Opened,
    PartEnded,
    PartOpened,
    PlaceMoved,
    Raised,
    Rated,
    Reopened,
    Replied,
    Returned,
    RoleBound,
    Ruled,
    TargetsNamed,
    Tick,
)
from linli.core.case.state import CaseState, Part


def evolve(state: CaseState | None, event: Event) -> CaseState:
    """The case after one more event.

    Raises:
        ValueError: the event does not fit (a second opening, or an act on a case that was never opened).
    """
    if isinstance(event, Opened):
        if state is not None:
            raise ValueError(f"case {state.id} was opened already")
        return event.state
    if state is None:
        raise ValueError("the first event of a case opens it")
    if isinstance(event, DeadlinesRecalculated):
        return replace(state, version=state.version + 1, **_tick(event.tick))
    if isinstance(event, PlaceMoved):
        followed = {"areas_plan": event.plan or None, "place_candidates": event.candidates}
        return replace(state, version=state.version + 1, place=event.place, **followed)
    for change in event.changes:
        state = apply(state, change)
    return _acted(state, event)


def fold(events: Iterable[Event]) -> CaseState | None:
    """The case after all its events, None when there is none."""
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    return state


def apply(state: CaseState, change: AnyChange) -> CaseState:
    """The state after one change of an act."""
    return replace(state, **_CHANGES[type(change)](state, change))


def _acted(state: CaseState, event: ActionTaken) -> CaseState:
    moved = event.source != event.target
    return replace(
        state,
        version=state.version + 1,
        step=event.target,
        step_since=event.at if moved else state.step_since,
        owner=event.owner,
        ended_at=(state.ended_at or event.at) if event.ended else None,
        **_tick(event.tick),
    )


def _tick(tick: Tick) -> dict[str, Any]:
    return {name: getattr(tick, name) for name in Tick.__struct_fields__}


def _classified(state: CaseState, change: Classified) -> dict[str, Any]:
    return {
        "matter": change.matter,
        "matter_version": change.matter_version,
        "urgency": change.urgency,
        "place": change.place,
        "place_candidates": (),
        "sensitive": change.sensitive,
        "complaint_targets": change.complaint_targets,
        "recused": change.recused,
        **({} if change.matter == state.answers_for else {"answers": {}, "answers_for": None}),
    }


def _lead_set(state: CaseState, change: LeadSet) -> dict[str, Any]:
    units = state.handled_units
    return {
        "roles": replace(state.roles, unit=change.unit),
        "handled_units": units if change.unit in units else (*units, change.unit),
        "co_handlers": change.co_handlers,
    }


def _part_opened(state: CaseState, change: PartOpened) -> dict[str, Any]:
    units = state.handled_units
    return {
        "parts": (*state.parts, Part(change.part, change.unit)),
        "handled_units": units if change.unit in units else (*units, change.unit),
    }


def _part_ended(state: CaseState, change: PartEnded) -> dict[str, Any]:
    return {"parts": tuple(replace(p, outcome=change.outcome) if p.id == change.part else p for p in state.parts)}


def _acted_in_handling(state: CaseState, change: ActedInHandling) -> dict[str, Any]:
    known = state.handled_by
    return {"handled_by": known if change.actor in known else (*known, change.actor)}


def _extension_settled(state: CaseState, change: ExtensionSettled) -> dict[str, Any]:
    return {
        "extension_asked": None,
        "extension_reason": None,
        "extensions": state.extensions + (1 if change.granted else 0),
    }


_CHANGES: dict[type, Any] = {
    Classified: _classified,
    LeadSet: _lead_set,
    PartOpened: _part_opened,
    PartEnded: _part_ended,
    ActedInHandling: _acted_in_handling,
    ExtensionSettled: _extension_settled,
    RoleBound: lambda s, c: {"roles": replace(s.roles, **{c.role: c.unit})},
    TargetsNamed: lambda _s, c: {"complaint_targets": c.complaint_targets, "recused": c.recused},
    Returned: lambda s, _c: {"returns": s.returns + 1},
    Ruled: lambda _s, _c: {"ruled": True},
    ExtensionAsked: lambda _s, c: {"extension_asked": c.amount, "extension_reason": c.reason},
    Raised: lambda s, _c: {"raised": s.raised + 1},
    Reopened: lambda s, _c: {"reopened": s.reopened + 1, "decision": None, "remedy": None, "merged_into": None},
    NotSolved: lambda s, _c: {"not_solved": s.not_solved + 1},
    Replied: lambda _s, c: {"decision": c.decision, "remedy": c.remedy},
    Rated: lambda _s, c: {"rating": c.rating},
    Merged: lambda _s, c: {"merged_into": c.into},
    Joined: lambda s, c: {"joined": (*s.joined, c.case)},
    LeadFollowed: lambda s, c: {"roles": replace(s.roles, lead=c.unit)},
}
