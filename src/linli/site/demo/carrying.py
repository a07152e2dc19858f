"""Carrying demo cases through the procedure by the same actions a person would use; never by writing rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.cases import actions as cases
from linli.cases import queries
from linli.cases.replay import event_of
from linli.catalogue import queries as catalogue
from linli.core.access import may_read
from linli.core.actor import Actor, ActorKind
from linli.core.calendar import Limit, LimitUnit
from linli.core.case.decide import action_named
from linli.core.case.events import ActionTaken, Opened
from linli.core.case.roles import bound_unit, supervisors
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Action, Role
from linli.intake import queries as intake
from linli.ledger import queries as ledger
from linli.site.demo.forms import filled, pick
from linli.site.demo.people import Staff
from linli.site.demo.story import PLAIN, Plot, everyday, turn

PACE = (Limit.parse("0.25wh"), Limit.parse("0.5wh"), Limit.parse("1wh"), Limit.parse("2wh"))
"""How long somebody takes for an act, in working time."""

MAX_WAKES = 40
MOST_TRIES = 12
"""Fresh cases on which a plot is tried."""


class Stuck(Exception):
    """A plot that cannot go on; the demo counts it and its test fails."""


@dataclass
class Tally:
    """What the demo's carrying has done: acts by (procedure, action, step), and plots that got stuck."""

    acts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    stuck: dict[str, str] = field(default_factory=dict)
    cases: int = 0


def suggestions(district: str, policy: Policy) -> Mapping[str, str]:
    """The matter that understanding suggested for each case, by case id; by label where it named no matter."""
    of_label = {matter.label: code for code, matter in sorted(policy.matters.items(), reverse=True) if matter.label}
    found: dict[str, str] = {}
    for entry in ledger.entries(district, "case"):
        event = event_of(entry) if entry.type == "case.opened" else None
        if isinstance(event, Opened) and event.suggestion:
            found[entry.stream] = event.suggestion["matter"] or of_label.get(event.suggestion["label"], "PL-006")
    return found


def played(district: str) -> frozenset[str]:
    """Names of the turns that cases of the district have taken already, in a start that was cut short."""
    procedure: dict[str, str] = {}
    found: set[str] = set()
    for entry in ledger.entries(district, "case"):
        event = event_of(entry)
        if isinstance(event, Opened):
            procedure[entry.stream] = event.state.procedure
        elif isinstance(event, ActionTaken):
            found.add(turn(procedure.get(entry.stream, "standard"), event.action, event.source))
    return frozenset(found)


class Carrier:
    """Carries one case at a time along its plot. Time is the case's own, from its report to at most ``until``."""

    def __init__(self, district: str, staff: Staff, until: datetime) -> None:
        self.district, self.staff, self.until = district, staff, until
        self.policy: Policy = catalogue.policy(district)
        self.clock: dict[str, datetime] = {}
        self.tally = Tally()
        self.spare: list[str] = []
        self.suggested: Mapping[str, str] = {}

    def carry_all(self, plots: Iterable[Plot], fresh: Iterable[str]) -> Iterator[int]:
        """Runs every plot on the oldest fresh case that can play it; yields after each how many are done."""
        self.spare = list(fresh)
        self.suggested = suggestions(self.district, self.policy)
        for plot in plots:
            if not self.spare:
                return
            self._play_somewhere(plot)
            yield self.tally.cases

    def carry_each(self, cases_: Iterable[str], recent_after: datetime) -> Iterator[int]:
        """Gives every case a turn of everyday life, by its age; yields after each how many are done."""
        for number, case in enumerate(cases_):
            plot = everyday(number, recent=self.state(case).opened_at > recent_after)
            self.play(plot if self._fits(plot, case) else PLAIN, case)
            yield self.tally.cases

    def _play_somewhere(self, plot: Plot) -> None:
        """Tries a plot on one fresh case after the other: an earlier start, or the clock, may have touched some."""
        failed: list[str] = []
        for _ in range(min(MOST_TRIES, len(self.spare))):
            case = self._next_case(plot)
            if self.play(plot, case):
                break
            failed.append(f"{plot.name} {case}")
        else:
            del failed[:1]  # no case could play it, which is said once
        for name in failed:
            del self.tally.stuck[name]

    def play(self, plot: Plot, case: str) -> bool:
        """Carries a case along a plot to its end; one that cannot go on is counted as stuck."""
        self.tally.cases += 1
        try:
            self.carry(plot, case)
        except (Stuck, Refusal) as reason:
            self.tally.stuck[f"{plot.name} {case}"] = str(reason)
            return False
        return True

    def carry(self, plot: Plot, case: str) -> None:
        """Takes every move of a plot."""
        hints = self._hints(case)
        if plot.part:
            for move in ("accept", "dispatch", "acknowledge"):
                self.move(case, move, hints)
            self._ensure_part(case)
            part = self.state(case).open_parts[0].id
            self.clock[part] = self.clock[case]
            for move in plot.moves:
                self.clock[part] = max(self.clock[part], self.clock[case])
                self.move(part, move, {})
            return
        for move in plot.moves:
            self.move(case, move, hints)

    def move(self, case: str, move: str, hints: Mapping[str, Any]) -> None:
        """One move: an action, or one of the plot's own words (``parts``, ``by:join`` …)."""
        own = {
            "parts": self._end_parts,
            "by:join": self._join,
            "by:part_ended": self._end_a_part,
            "by:part_handled": self._handle_a_part,
            "ensure_part": self._ensure_part,
            "by:follow_lead": self._raise_parent,
        }
        if move in own:
            own[move](case)
        else:
            self.take(case, move, hints)

    def take(self, case: str, name: str, hints: Mapping[str, Any]) -> CaseState:
        """Takes one action at the case's next moment, by somebody who may."""
        state = self.state(case)
        action = action_named(name, state, self.policy)
        if action.by == frozenset({Role.CLOCK}) or name == "close_without_contact":
            return self._wait_for(case, name)
        now = self._next(case)
        if name == "merge":
            hints = {**hints, "into": self._target(state)}
        actor = self._actor(action, state)
        form = filled(action, state, now, self.policy, hints)
        after = cases.act(actor, self.district, case, name, form, now=now)
        self._count(state, name)
        return after

    def state(self, case: str) -> CaseState:
        """The case as it is now."""
        return queries.load(self.district, [case])[case].state

    def _next(self, case: str) -> datetime:
        """The case's next moment: after some working time, the clock's own acts taken on the way."""
        state = self.state(case)
        before = self.clock.get(case, state.opened_at)
        now = self.policy.calendar.add(before, pick(PACE, case, state.version))
        now = min(now, self.until)
        self._wake_until(case, now)
        self.clock[case] = now
        return now

    def _wake_until(self, case: str, now: datetime) -> None:
        for _ in range(MAX_WAKES):
            state = self.state(case)
            if state.next_wake is None or state.next_wake > now:
                return
            woken = cases.wake(self.district, case, now=max(state.next_wake, self.clock.get(case, state.opened_at)))
            if woken is None or woken.fault:
                raise Stuck(f"the clock cannot act: {woken}")
            self._count(state, woken.action)
        raise Stuck("the clock acts without end")

    def _wait_for(self, case: str, name: str) -> CaseState:
        """Waits until the clock takes that action."""
        for _ in range(MAX_WAKES):
            state = self.state(case)
            if state.next_wake is None or state.next_wake > self.until:
                raise Stuck(f"the clock does not {name} before the story ends")
            moment = max(state.next_wake, self.clock.get(case, state.opened_at))
            woken = cases.wake(self.district, case, now=moment)
            self.clock[case] = moment
            if woken is None or woken.fault:
                raise Stuck(f"the clock cannot act: {woken}")
            self._count(state, woken.action)
            if woken.action == name:
                return self.state(case)
        raise Stuck(f"the clock never takes {name}")

    def _count(self, state: CaseState, action: str) -> None:
        self.tally.acts[state.procedure, action, state.step] += 1
        if state.parent is not None:
            self._count_sequel(state)

    def _count_sequel(self, part: CaseState) -> None:
        """An act of the part's unit is noted on the parent, in whichever step that is (``part_handled``)."""
        parent = self.state(part.parent or "")
        last = self.state(part.id)
        if len(last.handled_by) > len(part.handled_by) and not last.ended_at:
            self.tally.acts[parent.procedure, "part_handled", parent.step] += 1

    def _actor(self, action: Action, state: CaseState) -> Actor:
        """Somebody who may take the action: the owner's people first, then supervisors, then the reporter."""
        for role in sorted(action.by - {Role.CLOCK}, key=lambda r: (r is Role.REPORTER, r.value)):
            if role is Role.REPORTER:
                return self._reporter(state)
            watching = sorted(supervisors(state, self.policy)) if role in (Role.SUPERVISOR, Role.ASSESSOR) else []
            bound = bound_unit(role, state)
            for unit in watching or ([bound] if bound else []):
                found = self.staff.who(unit, FUNCTION_OF[role])
                if found is None or not may_read(found, state):
                    continue
                if role is Role.UNIT or found.id not in state.handled_by:
                    return found
        raise Stuck(f"nobody may {action.name} in {state.step}")

    def _reporter(self, state: CaseState) -> Actor:
        reports = intake.reports_of(self.district, state.id)
        if not reports:
            raise Stuck("the case has no reporter")
        return Actor(ActorKind.REPORTER, str(reports[0].id), case=state.id)

    def _hints(self, case: str) -> dict[str, Any]:
        """The matter that was suggested for the case; without one, a suggestion that is replied to."""
        return {"matter": self.suggested.get(case) or "PL-006"}

    def _fits(self, plot: Plot, case: str) -> bool:
        """Whether a case can play the plot: merges need a neighbour, most turns a matter with days to handle it."""
        matter = self.policy.matters[self._hints(case)["matter"]]
        if any(move in ("merge", "by:join") for move in plot.moves):
            return self._neighbour(self.state(case)) is not None
        if set(plot.moves) <= {"accept", "dispatch", "acknowledge", "parts", "report_back", "verify", "reply"}:
            return True
        slow = matter.handle_limit.unit in (LimitUnit.WORKING_DAYS, LimitUnit.DAYS) and matter.handle_limit.amount >= 3
        calm = self.state(case).urgency in ("standard", "extended") and matter.urgency.value in ("standard", "extended")
        return slow and calm and not matter.is_sensitive

    def _next_case(self, plot: Plot) -> str:
        """The oldest fresh case that can play the plot; the oldest of all when none can."""
        for position, case in enumerate(self.spare):
            if self._fits(plot, case):
                return self.spare.pop(position)
        return self.spare.pop(0)

    def _target(self, state: CaseState) -> str:
        """An older open case of the same community to merge into: a fresh one, left where it is."""
        other = self._neighbour(state)
        if other is None:
            raise Stuck("no other case of the community is left to merge into")
        moment = self.clock.get(state.id, state.opened_at)
        self._wake_until(other, moment)
        self.clock[other] = moment
        return other

    def _neighbour(self, state: CaseState) -> str | None:
        for other in self.spare:
            found = self.state(other)
            if found.opened_at >= state.opened_at:
                return None
            if found.place.community == state.place.community and not found.recused:
                return other
        return None

    def _join(self, case: str) -> None:
        """Another report of the same trouble is merged into this case."""
        state = self.state(case)
        other = self._neighbour(state)
        if other is None:
            raise Stuck("no other case of the community is left to be merged")
        self.spare.remove(other)
        moment = self._next(case)
        self._wake_until(other, moment)
        self.clock[other] = self.clock[case] = moment
        fresh = self.state(other)
        action = action_named("merge", fresh, self.policy)
        actor = self._actor(action, fresh)
        self._wake_until(case, moment)
        cases.act(actor, self.district, other, "merge", {"into": case}, now=moment)
        self._count(fresh, "merge")
        self._count(state, "join")

    def _end_parts(self, case: str) -> None:
        for part in self.state(case).open_parts:
            self._end_part(case, part.id)

    def _ensure_part(self, case: str) -> None:
        if not self.state(case).open_parts:
            self.take(case, "open_part", {})

    def _open_part(self, case: str) -> str:
        parts = self.state(case).open_parts
        if not parts:
            raise Stuck("no part is open")
        self.clock[parts[0].id] = max(self.clock[case], self.state(parts[0].id).opened_at)
        return parts[0].id

    def _end_a_part(self, case: str) -> None:
        self._end_part(case, self._open_part(case))

    def _handle_a_part(self, case: str) -> None:
        part = self._open_part(case)
        self.take(part, "acknowledge", {})
        self.clock[case] = max(self.clock[case], self.clock[part])

    def _end_part(self, case: str, part: str) -> None:
        self.clock[part] = max(self.clock.get(part, self.state(part).opened_at), self.clock[case])
        for move in ("acknowledge", "report_back", "take_over"):
            if move == "take_over":
                self._wake_until(case, self.clock[part])
                self._count(self.state(case), "part_ended")
            self.take(part, move, {})
        self.clock[case] = max(self.clock[case], self.clock[part])

    def _raise_parent(self, part: str) -> None:
        state = self.state(part)
        assert state.parent is not None
        self.clock[state.parent] = max(self.clock[state.parent], self.clock[part])
        self.take(state.parent, "escalate", {})
        self._count(state, "follow_lead")
