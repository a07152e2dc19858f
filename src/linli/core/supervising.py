"""Supervision orders and problems: who stands over whom, and which act leads from which state to which.

They stand beside a case and never change it: only the rules of :mod:`linli.core.case` do. Units are asked and units
answer; nothing here is about how a person works (rights R11).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from linli.core.actor import Actor, ActorKind
from linli.core.calendar import Limit, WorkCalendar
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.territory import Function

A = TypeVar("A")
ANSWER_WITHIN = Limit.parse("5wd")
"""How long a unit has to answer where the rules name no ``order_answer``. Project default."""


class Ground(StrEnum):
    """Why an order is issued or a problem put on the list. Closed: grounds are about work, never about a person."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    EXTENDED = "extended"
    REOPENED = "reopened"
    SILENT = "silent"
    PARKED = "parked"
    REPEATED = "repeated"
    HAZARD = "hazard"
    DUTY = "duty"


# --- who stands over whom


def supervising_units(actor: Actor, policy: Policy) -> tuple[str, ...]:
    """Coordinating units in which the person supervises, by id."""
    if actor.kind is not ActorKind.PERSON:
        return ()
    units = policy.territory.units
    return tuple(
        sorted(
            {
                post.unit
                for post in actor.posts
                if Function.SUPERVISE in post.functions
                and post.unit in units
                and units[post.unit].type in policy.centre_types
            }
        )
    )


def stands_over(supervisor: str, unit: str, policy: Policy) -> bool:
    """Whether a coordinating unit may ask another to answer: it serves inside its area and reports to somebody there.

    What reports to nobody (a court, the office for discipline) answers to no centre; nor does a unit above one's own.
    """
    units = policy.territory.units
    above, below = units.get(supervisor), units.get(unit)
    if above is None or below is None or supervisor == unit or below.parent is None:
        return False
    if any(superior.id == unit for superior in policy.territory.superiors(supervisor)):
        return False
    return policy.territory.is_under(below.area, above.area)


def units_below(supervisor: str, policy: Policy) -> tuple[str, ...]:
    """Every unit that a coordinating unit stands over, by id."""
    return tuple(sorted(unit for unit in policy.territory.units if stands_over(supervisor, unit, policy)))


def post_of(actor: Actor, unit: str, *functions: Function) -> str:
    """The post by which the person acts for a unit: one with one of the functions where some are named, else any."""
    posts = (post for post in actor.posts if post.unit == unit)
    fit = (post.post for post in posts if not functions or post.functions & frozenset(functions))
    return min(fit, default="")


# --- orders


class OrderState(StrEnum):
    """Where an order stands."""

    ISSUED = "issued"
    ANSWERED = "answered"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self not in (OrderState.ACCEPTED, OrderState.WITHDRAWN)

    @property
    def waits_for_answer(self) -> bool:
        """Whether it is the asked unit's turn."""
        return self in (OrderState.ISSUED, OrderState.SENT_BACK)


class OrderAct(StrEnum):
    """What can be done with an order."""

    ANSWER = "answer"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


ORDER_STEPS: Mapping[OrderAct, tuple[frozenset[OrderState], OrderState]] = {
    OrderAct.ANSWER: (frozenset({OrderState.ISSUED, OrderState.SENT_BACK}), OrderState.ANSWERED),
    OrderAct.ACCEPT: (frozenset({OrderState.ANSWERED}), OrderState.ACCEPTED),
    OrderAct.SEND_BACK: (frozenset({OrderState.ANSWERED}), OrderState.SENT_BACK),
    OrderAct.WITHDRAW: (
        frozenset({OrderState.ISSUED, OrderState.ANSWERED, OrderState.SENT_BACK}), OrderState.WITHDRAWN,
    ),
}  # fmt: skip
"""From where each act leads, and to where."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the rules need to know of an order; ``answered_by`` is who gave the last answer, as an opaque id."""

    issuer: str
    unit: str
    state: OrderState
    due: datetime
    answered_by: str = ""


def after_order_act(order: Order, act: OrderAct, actor: Actor, policy: Policy) -> OrderState:
    """Where an order stands after an act of this person.

    Raises:
        Refusal: ``order_not_yours``, ``order_moved``; ``order_your_own`` for whoever would judge their own answer.
    """
    if not _has_side(order, act, actor, policy):
        raise Refusal("order_not_yours")
    sources, target = ORDER_STEPS[act]
    if order.state not in sources:
        raise Refusal("order_moved")
    if act in (OrderAct.ACCEPT, OrderAct.SEND_BACK) and order.answered_by == actor.id:
        raise Refusal("order_your_own")
    return target


def order_acts(order: Order, actor: Actor, policy: Policy) -> tuple[OrderAct, ...]:
    """The acts on an order that are open to this person now."""
    return _open(OrderAct, lambda act: after_order_act(order, act, actor, policy))


def _open(acts: Iterable[A], judge: Callable[[A], object]) -> tuple[A, ...]:
    """The acts that are not refused."""
    found = []
    for act in acts:
        try:
            judge(act)
        except Refusal:
            continue
        found.append(act)
    return tuple(found)


def _has_side(order: Order, act: OrderAct, actor: Actor, policy: Policy) -> bool:
    """The asked unit answers; whoever supervises in the issuing unit does everything else."""
    if act is OrderAct.ANSWER:
        return actor.kind is ActorKind.PERSON and order.unit in actor.working_units
    return order.issuer in supervising_units(actor, policy)


# --- time


def answer_limit(policy: Policy) -> Limit:
    """How long a unit has to answer unless the officer says otherwise."""
    return policy.limits.get("order_answer", ANSWER_WITHIN)


def end_of(day: date, calendar: WorkCalendar) -> datetime:
    """When a day that an officer named is over: the end of work on it, or on the next workday where it is none."""
    return calendar.closing(day if calendar.is_workday(day) else calendar.next_workday(day))


def usual_day(now: datetime, limit: Limit, calendar: WorkCalendar) -> date:
    """The last day of a limit that begins now."""
    return calendar.last_day(calendar.add(now, limit))


def is_overdue(order: Order, now: datetime) -> bool:
    """Whether an answer is owed and its time has passed."""
    return order.state.waits_for_answer and now >= order.due


# --- problems


class ProblemState(StrEnum):
    """Where a problem on the list stands."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    CHECKED = "checked"


class ProblemAct(StrEnum):
    """What can be done with a problem on the list."""

    BEGIN = "begin"
    REPORT_DONE = "report_done"
    SEND_BACK = "send_back"
    CHECK = "check"


PROBLEM_STEPS: Mapping[ProblemAct, tuple[frozenset[ProblemState], ProblemState]] = {
    ProblemAct.BEGIN: (frozenset({ProblemState.OPEN}), ProblemState.DOING),
    ProblemAct.REPORT_DONE: (frozenset({ProblemState.DOING}), ProblemState.DONE),
    ProblemAct.SEND_BACK: (frozenset({ProblemState.DONE}), ProblemState.DOING),
    ProblemAct.CHECK: (frozenset({ProblemState.DONE}), ProblemState.CHECKED),
}
"""From where each act leads, and to where."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What the rules need to know of a problem; ``done_by`` is who reported it done, as an opaque id."""

    owner: str
    supervisor: str
    state: ProblemState
    due_on: date
    done_by: str = ""


def after_problem_act(problem: Problem, act: ProblemAct, actor: Actor, policy: Policy) -> ProblemState:
    """Where a problem stands after an act of this person. The owner never checks (as the handler never closes).

    Raises:
        Refusal: ``problem_not_yours``, ``problem_moved``; ``problem_your_own`` for whoever belongs to the owner, or
            reported it done, and would check it.
    """
    owners = act in (ProblemAct.BEGIN, ProblemAct.REPORT_DONE)
    side = problem.owner in actor.working_units if owners else problem.supervisor in supervising_units(actor, policy)
    if actor.kind is not ActorKind.PERSON or not side:
        raise Refusal("problem_not_yours")
    sources, target = PROBLEM_STEPS[act]
    if problem.state not in sources:
        raise Refusal("problem_moved")
    if not owners and (problem.owner in actor.units or problem.done_by == actor.id):
        raise Refusal("problem_your_own")
    return target


def problem_acts(problem: Problem, actor: Actor, policy: Policy) -> tuple[ProblemAct, ...]:
    """The acts on a problem that are open to this person now."""
    return _open(ProblemAct, lambda act: after_problem_act(problem, act, actor, policy))
