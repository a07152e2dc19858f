"""Random people doing random things at random times, with everything checked that must hold after every act.

A walk is a list of moves drawn by hypothesis; each move is a few whole numbers that pick the case, the actor, the
action, the form and the time, so that a failing walk shrinks to the few moves that matter.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from shell import WAYS, WORDS, Shell, refusal_of
from world import MONDAY
from world import policy as small_district

from linli.core.actor import CLOCK, Actor, ActorKind
from linli.core.case.decide import offers, procedure_of
from linli.core.case.demands import DONE
from linli.core.case.events import ActionTaken, Event
from linli.core.case.roles import roles_of
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import Action, FieldType, FormField, Role
from linli.core.territory import Function

POLICY = small_district()
Move = tuple[int, int, int, int]
number = st.integers(0, 2**16)
moves = st.lists(st.tuples(number, number, number, number), min_size=15, max_size=80)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a whole district takes minutes
starts = st.sampled_from(list(WAYS))
walks = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)

STANDING = frozenset(
    {
        "not_in_this_step", "not_yours", "recused", "not_due", "not_classified", "returned_already", "ruling_binds",
        "limit_has_passed", "extension_once_only", "no_extension_asked", "actor_handled", "unit_handled",
        "no_level_above", "parts_open", "reopen_window_passed", "public_danger", "others_follow", "cannot_be_merged",
        "accepted_before",
    }
)  # fmt: skip
"""What a screen can know before a form is filled in."""

BY_FORM = frozenset(
    {
        "form_invalid", "matter_unknown", "area_outside_district", "complaint_target_missing",
        "complaint_target_contradiction", "recused", "unit_does_not_handle", "co_handlers_repeat",
        "unit_complained_about", "no_verifier_left", "unit_has_it_already", "pause_end_not_ahead", "pause_too_long",
        "extension_too_long", "merge_target_unknown", "merge_target_ended", "merge_other_district",
        "merge_would_reach_unit_complained_about", "out_of_range", "not_about_own_line",
        "lead_serves_elsewhere", "lead_not_for_this_matter", "mentioned_cannot_read",
        "too_many_mentioned",
    }
)  # fmt: skip
"""What only the filled-in form or a second case can show."""


def by_form(action: str) -> frozenset[str]:
    """Only naming units complained about may leave nobody for a role."""
    return BY_FORM | {"no_unit_for_role"} if action in ("accept", "reclassify", "pass_on") else BY_FORM


class Walk:
    """One district under random hands; every event is checked as it is recorded.

    ``whole`` says that the district has somebody for every role; in a district of random units nobody may be left.
    """

    def __init__(self, policy: Policy, *, whole: bool = True) -> None:
        self.whole = whole
        self.shell = Shell(policy, MONDAY)
        self.policy = policy
        self.cast = list(cast(self.shell))
        self.taken: set[tuple[str, str, str]] = set()

    def go(self, start: str, steps: list[Move]) -> None:
        """Makes the moves, with a first case that stands at ``start``."""
        helped = start in ("dispatched", "handling", "paused", "conference", "parked")
        co_handlers = ("500118.market_regulation",) if helped else ()
        self.shell.bring(start, matter="EE-009", co_handlers=co_handlers)
        self.move(steps)

    def move(self, steps: list[Move]) -> None:
        """Makes the moves in the district as it is."""
        for kind, which, what, how in steps:
            if not self.shell.cases:
                self._open(what, how)
                continue
            self._move(kind % 10, which, what, how)

    def _move(self, kind: int, which: int, what: int, how: int) -> None:
        cases = list(self.shell.cases)
        case = cases[which % len(cases)]
        if kind == 0 and len(cases) < 6:
            self._open(what, how)
        elif kind <= 2 and self.shell.cases[case].is_open:
            self._watched(case, None, self.shell.due(case) or "", {})
        elif kind == 3:
            self.shell.wait(minutes=how % 4000)
        elif kind == 4:
            self._forward(case, what, how)
        elif kind <= 7:
            self._offered(case, what, how)
        else:
            self._anything(case, what, how, garbled=kind == 9)

    def _open(self, what: int, how: int) -> None:
        areas = [code for code in self.policy.territory.areas if code.startswith("500118")]
        units = sorted(self.policy.territory.units)
        targets = (units[how % len(units)],) if what % 5 == 4 else ()
        area = areas[what % len(areas)] if what else "500118001001001"
        refused = refusal_of(lambda: self._check(self.shell.open(area, complaint_targets=targets), None))
        assert refused is None or (refused == "no_unit_for_role" and not self.whole), refused

    def _forward(self, case: str, what: int, how: int) -> None:
        """Whoever owns the case moves it on, so that walks get far."""
        role = procedure_of(self.shell.cases[case], self.policy).steps[self.shell.cases[case].step].owner
        if role is None:
            return
        actor = self.shell.playing(role, case)
        ahead = offers(self.shell.cases[case], actor, now=self.shell.now, policy=self.policy)
        names = [a.name for a in ahead if a.target is not None and role in a.by]
        if names:
            name = names[what % len(names)]
            self._watched(case, actor, name, self.form(case, name, Random(how)))

    def _offered(self, case: str, what: int, how: int) -> None:
        """Somebody takes an action that is offered to them: mostly one of the owner's people."""
        state = self.shell.cases[case]
        near = [actor for actor in self.cast if state.owner in actor.units and len(actor.units) == 1]
        who = (near or self.cast) if how % 4 else [*self.cast, self.shell.reporter(case)]
        actor = who[what % len(who)]
        names = [a.name for a in offers(state, actor, now=self.shell.now, policy=self.policy)]
        if names:
            name = names[(what // 7) % len(names)]
            self._watched(case, actor, name, self.form(case, name, Random(how)))

    def _anything(self, case: str, what: int, how: int, *, garbled: bool) -> None:
        """Somebody asks for something, whether it is theirs or not."""
        everybody = [
            *self.cast,
            self.shell.reporter(case),
            Actor(ActorKind.REPORTER, "stranger", case="another"),
            CLOCK,
        ]
        actor = everybody[what % len(everybody)]
        actions = list(procedure_of(self.shell.cases[case], self.policy).actions)
        name = actions[(what // 7) % len(actions)]
        form = self.form(case, name, Random(how))
        if garbled and form:
            form[list(form)[how % len(form)]] = [None, "", "\x00", 1.5, True, -1, (), 10**30, {}, b"", "没有"][how % 11]
        self._watched(case, actor, name, form)

    def _watched(self, case: str, actor: Actor | None, name: str, form: Mapping[str, Any]) -> None:
        before = dict(self.shell.cases)
        try:
            if actor is None:
                self.shell.wake(case)
            else:
                self.shell.act(case, name, actor, **form)
        except Refusal as refusal:
            self._answered(refusal, before, actor, name)
        for id_, state in self.shell.cases.items():
            if state is not before.get(id_):
                self._check(id_, before.get(id_), actor if id_ == case else None)

    def _answered(self, refusal: Refusal, before: dict[str, CaseState], actor: Actor | None, name: str) -> None:
        assert self.shell.cases == before, "a refusal changes nothing"
        if not self.whole and refusal.code in ("no_unit_for_role", "no_verifier_left"):
            return
        assert actor is not None, f"the clock was refused: {refusal}"
        assert refusal.code in STANDING | by_form(name), refusal

    def form(self, case: str, name: str, chance: Random) -> dict[str, Any]:
        form = {}
        for field in self.shell.action(case, name).form:
            if field.required or chance.random() < 0.4:
                form[field.name] = self._value(case, name, field, chance)
        return form

    def _value(self, case: str, name: str, field: FormField, chance: Random) -> Any:
        state, units = self.shell.cases[case], sorted(self.policy.territory.units)
        if field.type in (FieldType.TEXT, FieldType.PHOTO):
            return WORDS
        if field.type is FieldType.CODE:
            return chance.choice(field.choices or sorted(self.policy.matters))
        if field.type is FieldType.AREA:
            near = state.place.area if chance.random() < 0.7 else None
            return near or chance.choice(sorted(self.policy.territory.areas))
        if field.type is FieldType.UNIT:
            near = f"{state.place.town}.sanitation_office"
            return near if near in units and chance.random() < 0.4 else chance.choice(units)
        if field.type is FieldType.UNITS:
            return (state.owner,) if name == "pass_on" and chance.random() < 0.8 else some_units(units, field, chance)
        if field.type is FieldType.DATE:
            ahead = 0 if field.name in DONE else chance.randint(0, 35)
            return (self.shell.now + timedelta(days=ahead)).date().isoformat()
        if field.type is FieldType.NUMBER:
            return chance.randint(0, 6)
        return chance.choice(list(self.shell.cases))

    # --- what must hold

    def _check(self, id_: str, before: CaseState | None, actor: Actor | None = None) -> None:
        event, after = self.shell.events[id_][-1], self.shell.cases[id_]
        assert self.shell.refolded(id_) == after, "folding gives the case"
        survives_json(event)
        survives_json(after)
        no_orphan(after, self.policy)
        nobody_complained_about_has_it(after)
        verifier_never_handled(after, self.policy)
        self._parts_agree(after)
        if isinstance(event, ActionTaken):
            assert before is not None
            if event.action == "note":
                a_note_moves_nothing(event, before, after)
            promise_is_kept(event, before, after, procedure_of(after, self.policy).actions[event.action])
            if actor is not None:
                assert Role(event.role) in roles_of(actor, before, self.policy)
            self.taken.add((after.procedure, event.action, event.role))

    def _parts_agree(self, state: CaseState) -> None:
        open_here = {part.id for part in state.open_parts}
        open_there = {id_ for id_, other in self.shell.cases.items() if other.parent == state.id and other.is_open}
        assert open_here == open_there
        assert state.is_open or not open_here
        if state.step in ("done", "verified", "replied"):
            assert not open_here


def some_units(units: list[str], field: FormField, chance: Random) -> tuple[str, ...]:
    """No unit in half of all cases, else one that is complained about or up to three that help."""
    few = 1 if field.name == "complaint_targets" else chance.randint(0, 3)
    return tuple(chance.sample(units, few)) if chance.random() < 0.5 else ()


def cast(shell: Shell) -> Iterator[Actor]:
    """Somebody in every unit, some with two posts, and some who may do nothing."""
    units = sorted(shell.policy.territory.units)
    for unit in units:
        yield shell.person(f"one-of-{unit}", unit)
    yield shell.person("two-hats", *units[:2])
    yield shell.person("up-and-down", *units[::5])
    yield shell.person("everywhere", *units)
    yield shell.person("reader-only", units[0], only=frozenset({Function.ASSESS}))
    yield Actor(ActorKind.PERSON, "without-posts")
    yield Actor(ActorKind.INTEGRATION, "another-system")


def no_orphan(state: CaseState, policy: Policy) -> None:
    """An open case has an owner that exists, a clock that runs or rests on purpose, and a next wake-up."""
    step = procedure_of(state, policy).steps[state.step]
    assert step.end is not state.is_open
    if not state.is_open:
        assert (state.owner, state.clock, state.next_wake, state.until) == (None, None, None, None)
        return
    assert state.owner in policy.territory.units
    assert state.clock is not None
    assert state.next_wake is not None
    assert state.clock.name == step.limit
    assert (state.clock.paused_at is not None) == step.paused
    assert (state.until is not None) == step.paused
    if step.limit == "handle":
        assert state.clock == state.promise


def nobody_complained_about_has_it(state: CaseState) -> None:
    """Rights R10: no unit complained about owns the case, helps with it, or has a role or part in it."""
    kept_out = set(state.recused)
    assert set(state.complaint_targets) <= kept_out
    assert state.owner not in kept_out
    assert not kept_out & set(state.involved)
    if state.step not in ("reported", "registered"):
        assert not kept_out & {*state.co_handlers, *(part.unit for part in state.open_parts)}


def verifier_never_handled(state: CaseState, policy: Policy) -> None:
    """Whoever owns verification never owned handling; who leads or has a part is remembered as having handled."""
    step = procedure_of(state, policy).steps[state.step]
    if step.owner is Role.VERIFIER:
        assert state.owner not in state.handled_units
    if step.owner is Role.UNIT:
        assert state.owner in state.handled_units
    assert {part.unit for part in state.parts} <= set(state.handled_units)


def promise_is_kept(event: ActionTaken, before: CaseState, after: CaseState, action: Action) -> None:
    """The promised date moves by a pause that ends, an extension, or an act that promises anew; by nothing else."""
    if before.promise is None or after.promise is None:
        assert before.promise is None or action.fresh_clock
        return
    if action.fresh_clock or "promise_limits" in action.effects:
        return
    if event.action == "resume":
        assert after.promise.due >= before.promise.due
    elif event.action == "extend":
        assert after.promise.due > before.promise.due
        assert after.extensions == before.extensions + 1 == 1
    else:
        assert after.promise.due == before.promise.due
        assert after.promise.limit == before.promise.limit


def a_note_moves_nothing(event: ActionTaken, before: CaseState, after: CaseState) -> None:
    """A note counts as an entry and is nothing else; whoever it mentions could see the case before."""
    assert msgspec.structs.replace(after, version=before.version) == before
    assert not event.changes
    assert not {told.removeprefix("unit:") for told in event.notify} & set(before.recused)


def survives_json(value: Event | CaseState) -> None:
    """What the ledger stores can be read back exactly; it holds no floats, and instants in UTC only."""
    stored = msgspec.json.encode(value, order="sorted")
    assert msgspec.json.decode(stored, type=type(value)) == value
    json.loads(stored, parse_float=lambda text: pytest.fail(f"a float in an event: {text}"))
    for instant in instants(value):
        assert instant.tzinfo is UTC


def instants(value: Any) -> Iterator[datetime]:
    """Every instant in an event; anything that an event must not hold fails."""
    if isinstance(value, datetime):
        yield value
        return
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.astuple(value)
    elif is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, tuple | list):
        assert value is None or isinstance(value, str | int | bool | Decimal), type(value)
        return
    for item in value:
        yield from instants(item)
