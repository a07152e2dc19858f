"""Limits, wake-ups and ladders of a case: what runs in a step, and what the clock does next."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from linli.core import deadlines
from linli.core.calendar import Limit
from linli.core.case.events import Tick
from linli.core.case.state import CaseState
from linli.core.deadlines import Clock
from linli.core.errors import Refusal
from linli.core.policy import FIRM_SOURCES, Policy, Urgency
from linli.core.procedure import Procedure, Rung, Step

PROMISE = "handle"
"""The limit that is promised to the resident at dispatch and outlives steps."""

REMIND = "remind"
"""The clock's action when a share of the limit has passed; its share stands in the step."""


def utc(now: datetime) -> datetime:
    """The moment in UTC, as events carry it.

    Raises:
        ValueError: it has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"{now} has no time zone; pass an aware datetime")
    return now.astimezone(UTC)


class Pause(NamedTuple):
    """Why and until when a clock stands still."""

    reason: str
    until: datetime


def limits_for(name: str, state: CaseState, policy: Policy) -> tuple[tuple[Limit, str], ...]:
    """The limits that hold under that name, and where each comes from; the one that ends first counts.

    It is the matter's own, else the policy's default by urgency. Where an officer found a case more urgent than its
    matter is as a rule, the urgent default holds as well, unless the matter's limit stands in a law or a ministry's
    rule.

    Raises:
        Refusal: ``limit_unknown`` when neither names it.
    """
    urgency = Urgency(state.urgency)
    hurried = f"{name}_urgent" if urgency.rank >= Urgency.URGENT.rank else name
    matter = policy.matters.get(state.matter or "")
    own = {"acknowledge": matter.accept_limit, PROMISE: matter.handle_limit}.get(name) if matter else None
    if matter is not None and own is not None:
        found = ((own, f"matter:{matter.code}@{matter.version}"),)
        raised = urgency.rank > matter.urgency.rank and matter.limit_source not in FIRM_SOURCES
        known = hurried != name and hurried in policy.limits
        return (*found, (policy.limits[hurried], f"profile:{hurried}")) if raised and known else found
    for key in (hurried, name):
        if key in policy.limits:
            return ((policy.limits[key], f"profile:{key}"),)
    raise Refusal("limit_unknown", {"limit": name})


def start_clock(step: Step, state: CaseState, policy: Policy, now: datetime) -> Clock:
    """A new clock for a step that names a limit."""
    assert step.limit is not None
    name, share = step.limit, reminder_share(step)
    clocks = [
        deadlines.start(name, limit, at=now, calendar=policy.calendar, source=source, remind_share=share)
        for limit, source in limits_for(name, state, policy)
    ]
    return min(clocks, key=lambda clock: clock.due)


def reminder_share(step: Step) -> Decimal | None:
    """At which share of the step's limit the owner is reminded."""
    return Decimal(step.remind_percent) / 100 if step.remind_percent else None


def promised_step(procedure: Procedure) -> Step:
    """The step in which the promised limit runs."""
    return next(step for step in procedure.steps.values() if step.limit == PROMISE and not step.paused)


def enter(step: Step, state: CaseState, policy: Policy, now: datetime, *, fresh: bool, pause: Pause | None) -> Tick:
    """The clock on entering a step. The handling limit is the promise and is kept unless the act starts it anew."""
    if step.end:
        return Tick(promise=state.promise)
    promise = None if fresh else state.promise
    if step.limit != PROMISE:
        return Tick(clock=start_clock(step, state, policy, now), promise=promise)
    if promise is None:
        promise = start_clock(step, state, policy, now)
    if step.paused and pause is not None and promise.paused_at is None:
        promise = deadlines.pause(promise, at=now, reason=pause.reason, calendar=policy.calendar)
    elif not step.paused and promise.paused_at is not None:
        promise = deadlines.resume(promise, at=now, calendar=policy.calendar)
    return Tick(clock=promise, promise=promise, until=pause.until if step.paused and pause else None)


def schedule(tick: Tick, step: Step, procedure: Procedure, policy: Policy, since: datetime) -> Tick:
    """The tick with its next wake-up: the reminder, the end of a pause, or the ladder's next rung.

    A reminder that has come due since the step began and was not yet given is still given, also after another act.
    """
    if step.end or tick.clock is None:
        return Tick(promise=tick.promise)
    instants = [_rung_at(tick, step, procedure, policy, since)]
    if not step.paused and not tick.reminded and tick.clock.remind_at is not None and tick.clock.remind_at > since:
        instants.append(tick.clock.remind_at)
    return Tick(
        clock=tick.clock,
        promise=tick.promise,
        until=tick.until,
        next_wake=min(instants),
        woken_at=tick.woken_at,
        rung=tick.rung,
        reminded=tick.reminded,
    )


def due_action(state: CaseState, now: datetime, policy: Policy) -> str | None:
    """The action that the clock must take now, or None when nothing is due."""
    if state.next_wake is None or state.clock is None or now < state.next_wake:
        return None
    procedure = policy.procedures[state.procedure, state.procedure_version]
    step = procedure.steps[state.step]
    tick = tick_of(state)
    if now < _rung_at(tick, step, procedure, policy, state.step_since):
        return REMIND
    return _rung(procedure, step, state.rung).action


def after_clock_act(tick: Tick, action: str, now: datetime) -> Tick:
    """The tick after the clock acted: the reminder is done, or the ladder is one rung further."""
    if action == REMIND:
        return _with(tick, reminded=True)
    return _with(tick, rung=tick.rung + 1, woken_at=now, reminded=True)


def tick_of(state: CaseState) -> Tick:
    """The part of the state that the clock moves."""
    return Tick(
        clock=state.clock,
        promise=state.promise,
        until=state.until,
        next_wake=state.next_wake,
        woken_at=state.woken_at,
        rung=state.rung,
        reminded=state.reminded,
    )


def _with(tick: Tick, *, reminded: bool, rung: int | None = None, woken_at: datetime | None = None) -> Tick:
    return Tick(
        clock=tick.clock,
        promise=tick.promise,
        until=tick.until,
        woken_at=woken_at or tick.woken_at,
        rung=tick.rung if rung is None else rung,
        reminded=reminded,
    )


def _rung(procedure: Procedure, step: Step, position: int) -> Rung:
    ladder = procedure.ladders[step.ladder or ""]
    return ladder[min(position, len(ladder) - 1)]


def _rung_at(tick: Tick, step: Step, procedure: Procedure, policy: Policy, since: datetime) -> datetime:
    rung = _rung(procedure, step, tick.rung)
    assert tick.clock is not None
    base = tick.until if step.paused and tick.until is not None else max(tick.clock.due, since)
    if rung.every is not None:
        return policy.calendar.add(tick.woken_at or base, rung.every)
    return base if rung.after is None else policy.calendar.add(base, rung.after)
