"""Whole lives of cases, made in memory by the same pure rules that the product decides with.

A life is a *family*: the case, and its parts where it has any. Every entry is decided by ``decide_open``, ``decide``
or ``decide_sequel`` and folded by ``evolve``; the clock's acts come when they are due. Nothing is written here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from uuid_utils.compat import uuid7

from linli.cases.actions.saving import Step, entry_for
from linli.cases.filling import sealed_form
from linli.core.actor import CLOCK, Actor, ActorKind
from linli.core.case.commands import Act, Open, Sequel
from linli.core.case.decide import action_named, decide, decide_sequel
from linli.core.case.evolve import evolve
from linli.core.case.opening import decide_open
from linli.core.case.roles import bound_unit, supervisors
from linli.core.case.state import CaseState
from linli.core.case.timing import due_action
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Action, Role
from linli.ledger.actions import Sealed
from linli.site.demo.forms import filled
from linli.site.demo.people import Staff
from linli.vault import actions as vault
from linli.vault import sealing
from linli.vault.sealing import SealedItem

TO_DONE = ("accept", "dispatch", "acknowledge", "parts", "report_back")
TO_REPLIED = (*TO_DONE, "verify", "reply")
PLOTS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (44, (*TO_REPLIED, "satisfied")),
    (14, (*TO_REPLIED, "wait")),
    (5, (*TO_REPLIED, "not_solved", "report_back", "verify", "reply", "satisfied")),
    (5, (*TO_DONE, "rework", "report_back", "verify", "reply", "satisfied")),
    (4, ("accept", "dispatch", "return", "rule", *TO_REPLIED[2:], "satisfied")),
    (3, ("accept", "dispatch", "acknowledge", "pause", "resume", *TO_REPLIED[3:], "satisfied")),
    (3, ("accept", "dispatch", "acknowledge", "ask_extension", "extend", *TO_REPLIED[3:], "satisfied")),
    (3, (*TO_REPLIED, "satisfied", "evaluate")),
    (2, ("accept", "reclassify", *TO_REPLIED[1:], "satisfied")),
    (2, ("accept", "dispatch", "acknowledge", "park", "unpark", *TO_REPLIED[3:], "satisfied")),
    (1, ("accept", "dispatch", "acknowledge", "call_conference", "decide", *TO_REPLIED[2:], "satisfied")),
    (6, ("decline",)),
    (2, ("divert",)),
    (3, ("withdraw",)),
    (3, ("accept", "withdraw")),
)
"""What cases go through, with weights. ``parts`` brings every open part to its end, ``wait`` leaves it to the clock."""

HOURS = {"accept": 1.5, "dispatch": 0.7, "acknowledge": 2.0, "report_back": 60.0, "verify": 14.0, "satisfied": 70.0}
"""Mean hours that people take for an act; whatever is not named takes six. Some are late, and the clock says so."""

NUMBER = "000-0000000-0"
SOURCE_NUMBER = "BENCH-SOURCE-NUMBER"
"""What stands for the case's numbers until a family is stamped."""

PARTS_IN_100 = 10
"""In how many of a hundred cases co-handlers get parts of their own."""


@dataclass(frozen=True, slots=True)
class Text:
    """One vault item of a case: what it held when it was sealed, so that it can be sealed again for another case."""

    item: SealedItem
    content: bytes
    at: datetime


@dataclass(slots=True)
class Life:
    """One case's way: its entries, its state after them, and its vault items."""

    state: CaseState
    entries: list[Sealed] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Family:
    """A case with its parts; ``title`` and ``detail`` are its reporter's words."""

    lives: tuple[Life, ...]
    title: str
    detail: str

    @property
    def began(self) -> datetime:
        """When the report came in."""
        return self.lives[0].state.opened_at

    @property
    def ended(self) -> datetime:
        """The moment of the last entry."""
        return max(life.entries[-1].fact.at for life in self.lives)

    @property
    def is_open(self) -> bool:
        """Whether any case of the family is open."""
        return any(life.state.is_open for life in self.lives)


@dataclass(frozen=True, slots=True)
class World:
    """What lives are made of: the rules, the people, and messages with the matter that each is about."""

    district: str
    policy: Policy
    staff: Staff
    messages: Sequence[Mapping[str, str]]
    areas: Sequence[str]


class Ended(Exception):
    """The story's last moment has come, or the plot cannot go on."""


def families(world: World, random: Random, *, first: datetime, last: datetime) -> Iterator[Family]:
    """Lives without end, each beginning between ``first`` and ``last`` and known until ``last``."""
    weights, plots = zip(*PLOTS, strict=True)
    span = (last - first) / timedelta(microseconds=1)
    while True:
        began = first + timedelta(microseconds=int(random.random() * span))
        plot = random.choices(plots, weights)[0]
        yield _Telling(world, random, began, last).told(plot)


class _Telling:
    """One family in the making."""

    def __init__(self, world: World, random: Random, began: datetime, last: datetime) -> None:
        self.world, self.policy, self.random = world, world.policy, random
        self.now, self.last = began, last
        self.lives: dict[str, Life] = {}

    def told(self, plot: Sequence[str]) -> Family:
        message = self.random.choice(self.world.messages)
        case = self._open(message)
        hints = self._hints(message)
        try:
            for move in plot:
                self._move(case, move, hints)
        except (Ended, Refusal):
            pass
        # Whatever is still open lives on with the clock alone until the story's last moment.
        while self._wake_next(self.last):
            pass
        return Family(tuple(self.lives.values()), message["title"], message["detail"])

    def _open(self, message: Mapping[str, str]) -> str:
        case, reporter = str(uuid7()), str(uuid7())
        items = [vault.seal_text("title", message["title"]), vault.seal_text("detail", message["detail"])]
        if message["contact_given"] == "yes":
            items.append(sealing.seal("contact", "contact", b"contact of this report"))
        hotline = message["channel"] == "hotline"
        command = Open(
            id=case,
            number=NUMBER,
            area=self.random.choice(self.world.areas),
            channel=message["channel"],
            actor=Actor(ActorKind.REPORTER, reporter, case=case),
            source="hotline_12345" if hotline else None,
            source_number=SOURCE_NUMBER if hotline else None,
            form={item.field: item.reference for item in items},
            suggestion={
                "label": message["matter"],
                "matter": message["matter"],
                "confidence": "0.81",
                "model": "bench",
            },
            suggested_matter=message["matter"],
        )
        opened = decide_open(command, now=self.now, policy=self.policy, district=self.world.district)
        life = self.lives[case] = Life(opened.state)
        self._keep(life, Step(opened, opened.state), command.actor, items)
        return case

    def _hints(self, message: Mapping[str, str]) -> dict[str, Any]:
        hints: dict[str, Any] = {"matter": message["matter"]}
        if self.random.randrange(100) >= PARTS_IN_100:
            hints["co_handlers"] = ()
        return hints

    def _move(self, case: str, move: str, hints: Mapping[str, Any]) -> None:
        if move == "parts":
            for part in self.lives[case].state.open_parts:
                for step in ("acknowledge", "report_back", "take_over"):
                    self._take(part.id, step, {})
        elif move == "wait":
            while self.lives[case].state.is_open and self._wake_next(self.last):
                pass
        else:
            self._take_on_the_way(case, move, hints)

    def _take_on_the_way(self, case: str, move: str, hints: Mapping[str, Any]) -> None:
        """Takes a move of the plot; where the clock called a conference meanwhile, that decides first."""
        try:
            self._take(case, move, hints)
        except Refusal as refusal:
            if refusal.code != "not_in_this_step":
                raise
            if self.lives[case].state.step == "conference":
                for step in ("decide", "acknowledge", move):
                    self._take(case, step, hints)

    def _take(self, case: str, name: str, hints: Mapping[str, Any]) -> None:
        pause = self.random.expovariate(1 / HOURS.get(name, 6.0))
        moment = self.now + timedelta(microseconds=int((0.05 + pause) * 3_600_000_000))
        while self._wake_next(min(moment, self.last)):
            pass
        if moment > self.last:
            raise Ended
        self.now = moment
        state = self.lives[case].state
        action = action_named(name, state, self.policy)
        form = filled(action, state, self.now, self.policy, hints)
        self._act(case, name, self._actor(action, state), form)

    def _wake_next(self, until: datetime) -> bool:
        """The clock's next act on any case of the family, if it is due by then."""
        waiting = [(life.state.next_wake, case) for case, life in self.lives.items() if life.state.next_wake]
        at, case = min(waiting, default=(None, ""))
        if at is None or at > until:
            return False
        self.now = max(self.now, at)
        action = due_action(self.lives[case].state, self.now, self.policy)
        assert action is not None
        self._act(case, action, CLOCK, {})
        return True

    def _act(self, case: str, name: str, actor: Actor, form: Mapping[str, Any]) -> None:
        life = self.lives[case]
        definition = action_named(name, life.state, self.policy)
        values, items = sealed_form(definition, form)
        ids = tuple(str(uuid7()) for _ in range(4))
        outcome = decide(life.state, Act(name, actor, values, ids=ids), now=self.now, policy=self.policy)
        after = evolve(life.state, outcome.event)
        self._keep(life, Step(outcome.event, after, life.state, life.entries[-1].hash), actor, items)
        for opened in outcome.opens:
            part = self.lives[opened.state.id] = Life(opened.state)
            self._keep(part, Step(opened, opened.state), actor, [])
        for sequel in outcome.sequels:
            self._follow(sequel, actor)

    def _follow(self, sequel: Sequel, actor: Actor) -> None:
        life = self.lives[sequel.case]
        outcome = decide_sequel(life.state, sequel, actor, now=self.now, policy=self.policy)
        after = evolve(life.state, outcome.event)
        self._keep(life, Step(outcome.event, after, life.state, life.entries[-1].hash), actor, [])

    def _keep(self, life: Life, step: Step, actor: Actor, items: Sequence[SealedItem]) -> None:
        life.entries.append(entry_for(step, actor, now=self.now, policy=self.policy.version))
        life.state = step.after
        for item in items:
            content = sealing.unseal(item.id, item.key_id, item.wrapped_key, item.nonce, item.sealed)
            life.texts.append(Text(item, content, self.now))

    def _actor(self, action: Action, state: CaseState) -> Actor:
        """Somebody who may: a person of the unit that plays a role of the action, or else the reporter."""
        for role in sorted(action.by - {Role.CLOCK, Role.REPORTER}):
            bound = bound_unit(role, state)
            watching = role in (Role.SUPERVISOR, Role.ASSESSOR)
            units = sorted(supervisors(state, self.policy)) if watching else [bound] if bound else []
            for unit in units:
                found = self.world.staff.who(unit, FUNCTION_OF[role])
                if found is not None and (role in (Role.UNIT, Role.LEAD) or found.id not in state.handled_by):
                    return found
        if Role.REPORTER in action.by:
            life = self.lives[state.id]
            return Actor(ActorKind.REPORTER, life.entries[0].fact.actor, case=state.id)
        raise Ended
